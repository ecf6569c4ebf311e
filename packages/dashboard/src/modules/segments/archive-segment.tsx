import { useNavigate } from '@tanstack/react-router';
import { Archive, Ellipsis } from 'lucide-react';
import { useState } from 'react';
import { ApiProblem, failureOf } from '../../api/problem.ts';
import { useArchiveSegment } from '../../api/queries/segments.ts';
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx';
import { IconButton } from '../../ui/icon-button.tsx';
import { Menu, MenuItem } from '../../ui/menu.tsx';
import { showToast } from '../../ui/toast.tsx';

export interface ArchiveSegmentProps {
  readonly project: string;
  readonly environment: { readonly key: string; readonly name: string };
  readonly segment: string;
  readonly revision: number;
}

/** Archives a segment in one environment; refused while something refers to it. */
export function ArchiveSegment({ project, environment, segment, revision }: ArchiveSegmentProps) {
  const [isOpen, setOpen] = useState(false);
  const archive = useArchiveSegment(project, environment.key, segment);
  const navigate = useNavigate();
  const isUsed = archive.error instanceof ApiProblem && archive.error.code === 'segment_in_use';
  const failure =
    archive.error === null
      ? null
      : isUsed
        ? {
            title: 'It is in use',
            detail: `${failureOf(archive.error).detail} Change these first; “Used by” on this page leads to them.`,
          }
        : failureOf(archive.error);
  async function confirm() {
    try {
      await archive.mutateAsync({ revision });
    } catch {
      // Shown in the dialog.
      return;
    }
    setOpen(false);
    showToast({ title: `${segment} is archived in ${environment.name}` });
    await navigate({ to: '/projects/$project/segments', params: { project }, search: { env: environment.key } });
  }
  return (
    <>
      <Menu align="end" trigger={<IconButton label="More" icon={Ellipsis} tone="secondary" />}>
        <MenuItem icon={Archive} tone="danger" onSelect={() => setOpen(true)}>
          Archive in {environment.name}…
        </MenuItem>
      </Menu>
      <ConfirmDialog
        open={isOpen}
        onClose={() => {
          archive.reset();
          setOpen(false);
        }}
        title={`Archive ${segment} in ${environment.name}?`}
        action="Archive"
        pending={archive.isPending}
        failure={failure}
        onConfirm={() => void confirm()}
      >
        It leaves {environment.name}, and its key is never used again there. Other environments keep theirs. This cannot
        be undone.
      </ConfirmDialog>
    </>
  );
}
