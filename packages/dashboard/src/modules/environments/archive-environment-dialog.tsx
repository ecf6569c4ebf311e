import type { Environment } from '../../api/openapi.d.ts';
import { failureOf } from '../../api/problem.ts';
import { useArchiveEnvironment } from '../../api/queries/projects.ts';
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx';
import { showToast } from '../../ui/toast.tsx';

export interface ArchiveEnvironmentDialogProps {
  readonly project: string;
  readonly environment: Environment;
  /** Keys that would stop working. */
  readonly keys: number;
  readonly onClose: () => void;
}

/** Ends an environment for good. */
export function ArchiveEnvironmentDialog({ project, environment, keys, onClose }: ArchiveEnvironmentDialogProps) {
  const archive = useArchiveEnvironment(project, environment.key);
  return (
    <ConfirmDialog
      open
      onClose={onClose}
      title={`Archive ${environment.name}?`}
      action="Archive"
      typeToConfirm={environment.key}
      pending={archive.isPending}
      failure={archive.error === null ? null : failureOf(archive.error)}
      onConfirm={() =>
        archive.mutate(
          { version: environment.version },
          {
            onSuccess: () => {
              showToast({ title: `${environment.name} is archived` });
              onClose();
            },
          },
        )
      }
    >
      <p>
        {keys === 0 ? 'It has no keys.' : keys === 1 ? 'Its one key stops working.' : `Its ${keys} keys stop working.`}{' '}
        Programs go on with the flags they have, or with their defaults. What was can still be read. It cannot be
        undone, and the key {environment.key} is never used again.
      </p>
    </ConfirmDialog>
  );
}
