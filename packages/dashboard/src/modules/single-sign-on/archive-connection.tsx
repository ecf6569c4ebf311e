import type { Connection } from '../../api/openapi.d.ts';
import { failureOf } from '../../api/problem.ts';
import { useArchiveConnection } from '../../api/queries/connections.ts';
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx';
import { showToast } from '../../ui/toast.tsx';

export interface ArchiveConnectionProps {
  /** Null: nothing is asked. */
  readonly connection: Connection | null;
  readonly onClose: () => void;
}

/** Asks before a way to sign in goes for good. */
export function ArchiveConnection({ connection, onClose }: ArchiveConnectionProps) {
  const archive = useArchiveConnection();
  const close = () => {
    archive.reset();
    onClose();
  };
  return (
    <ConfirmDialog
      open={connection !== null}
      onClose={close}
      title={`Archive ${connection?.name ?? ''}?`}
      action="Archive"
      typeToConfirm={connection?.key}
      pending={archive.isPending}
      failure={archive.isError ? failureOf(archive.error) : null}
      onConfirm={() => {
        if (connection === null) return;
        archive.mutate(
          { connection: connection.key, version: connection.version },
          {
            onSuccess: () => {
              close();
              showToast({ title: `${connection.name} is archived`, tone: 'on' });
            },
          },
        );
      }}
    >
      Nobody can sign in with it any more, and it does not come back. Accounts stay: whoever has no password needs a
      link for a new one. Sessions that are open last until they end.
    </ConfirmDialog>
  );
}
