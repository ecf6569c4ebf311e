import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import type { Change, ChangeEdits } from '../../api/openapi.d.ts';
import { ApiProblem, failureOf } from '../../api/problem.ts';
import { useRevertChange } from '../../api/queries/history.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { ErrorNote } from '../../ui/error-note.tsx';
import { Field } from '../../ui/field.tsx';
import { TextInput } from '../../ui/text-input.tsx';
import { showToast } from '../../ui/toast.tsx';

export interface RevertDialogProps {
  readonly project: string;
  readonly change: Change;
  /** What of the change can be put back. */
  readonly items: ChangeEdits['items'];
  readonly onClose: () => void;
}

/** Puts back what a change did, member by member; what others changed since is never overwritten. */
export function RevertDialog({ project, change, items, onClose }: RevertDialogProps) {
  const [reason, setReason] = useState('');
  const revert = useRevertChange(project);
  const navigate = useNavigate();
  const isConflict = revert.error instanceof ApiProblem && revert.error.code === 'revert_conflict';

  const send = (): void =>
    revert.mutate(
      { change: change.id, ...(reason.trim() === '' ? {} : { reason }) },
      {
        onSuccess: (made) => {
          const places = made.revisions.map(({ environment, revision }) => `revision ${revision} in ${environment}`);
          showToast({
            tone: 'on',
            title: 'The change was reverted',
            detail: places.length === 0 ? 'Everything was as before already.' : `Saved as ${places.join(', ')}.`,
          });
          onClose();
          void navigate({ to: '/projects/$project/history/$change', params: { project, change: made.id } });
        },
      },
    );

  return (
    <Dialog
      open
      onClose={onClose}
      title="Revert this change"
      description="What it changed becomes as it was before, as a new change with a revision of its own. What was changed elsewhere since stays."
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button tone="primary" loading={revert.isPending} onClick={send}>
            Revert
          </Button>
        </>
      }
    >
      <div className="grid gap-4">
        <ul className="grid max-h-48 gap-1 overflow-y-auto" aria-label="What is reverted">
          {items.map(({ environment, kind, key }) => (
            <li key={`${environment} ${kind} ${key}`}>
              <span className="font-mono">{key}</span> <span className="text-soft">in {environment}</span>
            </li>
          ))}
        </ul>
        <Field label="Why" optional hint="Stands in the history beside your name.">
          <TextInput value={reason} onChange={setReason} maxLength={1024} />
        </Field>
        {revert.isError && (
          <ErrorNote
            failure={
              isConflict
                ? { title: 'Somebody changed the same since', detail: revert.error.message }
                : failureOf(revert.error)
            }
          />
        )}
      </div>
    </Dialog>
  );
}
