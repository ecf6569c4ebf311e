import type { SdkKey } from '../../api/openapi.d.ts';
import { failureOf } from '../../api/problem.ts';
import { useRevokeSdkKey } from '../../api/queries/sdk-keys.ts';
import { Callout } from '../../ui/callout.tsx';
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx';
import { TimeText } from '../../ui/time-text.tsx';
import { showToast } from '../../ui/toast.tsx';

export interface RevokeDialogProps {
  readonly project: string;
  readonly sdkKey: SdkKey;
  readonly onClose: () => void;
}

/** Takes a key out of service for good. */
export function RevokeDialog({ project, sdkKey, onClose }: RevokeDialogProps) {
  const revoke = useRevokeSdkKey(project);
  return (
    <ConfirmDialog
      open
      onClose={onClose}
      title={`Revoke ${sdkKey.name}?`}
      action="Revoke"
      pending={revoke.isPending}
      failure={revoke.error === null ? null : failureOf(revoke.error)}
      onConfirm={() =>
        revoke.mutate(sdkKey.id, {
          onSuccess: () => {
            showToast({ title: `${sdkKey.name} is revoked` });
            onClose();
          },
        })
      }
    >
      <div className="flex flex-col gap-3">
        {sdkKey.lastUsedAt !== null && (
          <Callout
            tone="warn"
            title={
              <>
                It was used <TimeText at={sdkKey.lastUsedAt} />
              </>
            }
          >
            Something may still need it.
          </Callout>
        )}
        <p>
          Programs that present it get no flags within seconds; they go on with what they have, or with their defaults.
          It cannot be undone.
        </p>
      </div>
    </ConfirmDialog>
  );
}
