import { useQuery } from '@tanstack/react-query';
import { failureOf } from '../../../api/problem.ts';
import type { Flag } from '../../../api/openapi.d.ts';
import { useArchiveFlag } from '../../../api/queries/flags.ts';
import { activityQuery } from '../../../api/queries/insights.ts';
import { ConfirmDialog } from '../../../ui/confirm-dialog.tsx';
import { showToast } from '../../../ui/toast.tsx';

export interface ArchiveDialogProps {
  readonly flag: Flag;
  readonly open: boolean;
  readonly onClose: () => void;
}

/** Archiving cannot be taken back, so it says first who would notice. */
export function ArchiveDialog({ flag, open, onClose }: ArchiveDialogProps) {
  const archive = useArchiveFlag(flag.project, flag.key);
  const { data: activity } = useQuery({ ...activityQuery(flag.project, flag.key), enabled: open });
  const on = flag.environments.filter(({ enabled }) => enabled).map(({ environment }) => environment);
  const asked = (activity?.environments ?? []).filter(({ evaluations }) => evaluations > 0);
  return (
    <ConfirmDialog
      open={open}
      onClose={() => {
        archive.reset();
        onClose();
      }}
      title={`Archive ${flag.key}?`}
      action="Archive"
      typeToConfirm={flag.key}
      pending={archive.isPending}
      failure={archive.error === null ? null : failureOf(archive.error)}
      onConfirm={() =>
        archive.mutate(
          { version: flag.version },
          {
            onSuccess: () => {
              showToast({ title: `${flag.key} is archived` });
              onClose();
            },
          },
        )
      }
    >
      <p>
        It leaves every environment at once; code that asks for it gets its own default. The key is never used again.
      </p>
      <ul className="mt-3 flex list-disc flex-col gap-1 pl-5">
        {on.length > 0 && <li>It is on in {on.join(', ')}.</li>}
        {asked.map(({ environment, evaluations }) => (
          <li key={environment}>
            Evaluated {evaluations.toLocaleString('en')} times in {environment} in the last 24 hours.
          </li>
        ))}
        {on.length === 0 && asked.length === 0 && (
          <li>It is off everywhere, and nobody asked for it in the last 24 hours.</li>
        )}
      </ul>
    </ConfirmDialog>
  );
}
