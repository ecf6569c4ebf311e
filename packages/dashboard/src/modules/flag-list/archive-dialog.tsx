import { useQueryClient } from '@tanstack/react-query';
import { answer, api, ifMatch } from '../../api/client.ts';
import type { Flag } from '../../api/openapi.d.ts';
import { keys } from '../../api/queries/keys.ts';
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx';
import { showToast } from '../../ui/toast.tsx';
import { Affected, BulkProgress } from './affected.tsx';
import { useEach } from './use-each.ts';

export interface ArchiveDialogProps {
  readonly project: string;
  readonly flags: readonly Flag[];
  readonly onClose: () => void;
  readonly onDone: () => void;
}

/** Archives many flags, one after the other, so that one that is in use does not keep the others. */
export function ArchiveDialog({ project, flags, onClose, onDone }: ArchiveDialogProps) {
  const client = useQueryClient();
  const { progress, isRunning, run } = useEach();
  const isDone = progress !== null && !isRunning;
  const what = flags.length === 1 ? '1 flag' : `${flags.length.toLocaleString('en')} flags`;

  async function send() {
    const done = await run(flags, (flag) =>
      answer(
        api.POST('/api/v1/projects/{project}/flags/{flag}/archive', {
          params: { path: { project, flag: flag.key }, header: ifMatch(flag.version) },
        }),
      ),
    );
    await client.invalidateQueries({ queryKey: keys.project(project) });
    if (done.failed.length > 0) return;
    showToast({ title: `${done.done === 1 ? '1 flag is' : `${done.done.toLocaleString('en')} flags are`} archived` });
    onDone();
    onClose();
  }

  return (
    <ConfirmDialog
      open
      onClose={onClose}
      title={`Archive ${what}?`}
      action={isDone ? 'Close' : 'Archive'}
      tone={isDone ? 'primary' : 'danger'}
      pending={isRunning}
      onConfirm={isDone ? onClose : () => void send()}
      typeToConfirm={flags.length > 1 && progress === null ? `archive ${flags.length}` : undefined}
    >
      <div className="flex flex-col gap-4">
        <p>
          An archived flag leaves every environment: programs that still ask for it get their own default. Its key is
          never used again. This cannot be undone.
        </p>
        {progress === null ? (
          <Affected names={flags.map(({ key }) => key)} />
        ) : (
          <BulkProgress progress={progress} did="archived" />
        )}
      </div>
    </ConfirmDialog>
  );
}
