import { useState } from 'react';
import type { Comparison } from '../../api/openapi.d.ts';
import { ApiProblem, failureOf } from '../../api/problem.ts';
import { comparisonQuery, usePromote } from '../../api/queries/comparison.ts';
import { listText } from '../../api/change-words.ts';
import { useQueryClient } from '@tanstack/react-query';
import { Button } from '../../ui/button.tsx';
import { Callout } from '../../ui/callout.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { ErrorNote } from '../../ui/error-note.tsx';
import { Field } from '../../ui/field.tsx';
import { TextInput } from '../../ui/text-input.tsx';
import { showToast } from '../../ui/toast.tsx';
import { memberName } from './member-words.ts';
import { idOf, missingSegments, promotionOf, type Selection, type SelectionAction } from './promotion.ts';

export interface PromoteDialogProps {
  readonly project: string;
  readonly comparison: Comparison;
  readonly selection: Selection;
  readonly onSelect: (action: SelectionAction) => void;
  readonly onClose: () => void;
  readonly onDone: () => void;
}

/** Says what a promotion will do, asks why, and does it: all edits in one change, or none of them. */
export function PromoteDialog({ project, comparison, selection, onSelect, onClose, onDone }: PromoteDialogProps) {
  const { from, to } = comparison;
  const [reason, setReason] = useState('');
  const client = useQueryClient();
  const promote = usePromote(project);
  const chosen = comparison.items.filter((item) => selection.has(idOf(item)));

  const send = (): void => {
    const { creations, edits } = promotionOf(comparison, selection);
    const segments = creations.map(({ key, content }) => ({ key, ...content }));
    promote.mutate(
      { to, creations: segments, edits: [...edits], reason: reason.trim() === '' ? `Promoted from ${from}` : reason },
      {
        onSuccess: (change) => {
          const [at] = change?.revisions ?? [];
          showToast({
            tone: 'on',
            title: `Promoted ${listText(chosen.map(({ key }) => key))} to ${to}`,
            detail:
              at === undefined
                ? 'The segments are there now.'
                : `Saved as revision ${at.revision} in ${at.environment}.`,
          });
          onDone();
        },
      },
    );
  };

  const lookAgain = (): void => {
    void client.invalidateQueries({ queryKey: comparisonQuery(project, from, to).queryKey });
    onClose();
  };
  return (
    <Dialog
      open
      onClose={onClose}
      title={`Promote ${chosen.length === 1 ? (chosen[0]?.key ?? '') : `${chosen.length} things`} to ${to}`}
      description={`What you chose is made in ${to} as it is in ${from}, all of it in one change.`}
      size="lg"
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button tone="primary" loading={promote.isPending} disabled={chosen.length === 0} onClick={send}>
            Promote to {to}
          </Button>
        </>
      }
    >
      <div className="grid gap-4">
        <MissingSegments comparison={comparison} selection={selection} onSelect={onSelect} />
        <ul className="grid max-h-64 gap-1 overflow-y-auto" aria-label="What is promoted">
          {chosen.map((item) => (
            <li key={idOf(item)} className="flex flex-wrap items-baseline gap-x-2">
              <span className="font-mono">{item.key}</span>
              <span className="text-soft">
                {item.to === null
                  ? 'is made new'
                  : `${listText([...(selection.get(idOf(item)) ?? [])].map(memberName), 8)} as in ${from}`}
              </span>
            </li>
          ))}
        </ul>
        <Field label="Why" optional hint="Stands in the history beside your name.">
          <TextInput value={reason} onChange={setReason} maxLength={1024} placeholder={`Promoted from ${from}`} />
        </Field>
        {promote.isError && <Failed error={promote.error} to={to} onLookAgain={lookAgain} />}
      </div>
    </Dialog>
  );
}

type MissingProps = Pick<PromoteDialogProps, 'comparison' | 'selection' | 'onSelect'>;

/** Rules that would refer to a segment in vain. */
function MissingSegments({ comparison, selection, onSelect }: MissingProps) {
  const missing = missingSegments(comparison, selection);
  if (missing.length === 0) return null;
  const isOne = missing.length === 1;
  const segments = comparison.items.filter(({ kind, key }) => kind === 'segment' && missing.includes(key));
  return (
    <Callout
      tone="warn"
      title={`${listText(missing)} ${isOne ? 'is' : 'are'} not in ${comparison.to}`}
      action={
        <Button size="sm" onClick={() => onSelect({ type: 'choose', items: segments })}>
          Promote {isOne ? 'it' : 'them'} too
        </Button>
      }
    >
      Rules that you promote refer to {isOne ? 'this segment' : 'these segments'}. Without {isOne ? 'it' : 'them'}{' '}
      nobody matches there.
    </Callout>
  );
}

interface FailedProps {
  readonly error: Error;
  readonly to: string;
  readonly onLookAgain: () => void;
}

function Failed({ error, to, onLookAgain }: FailedProps) {
  const isStale = error instanceof ApiProblem && error.code === 'precondition_failed';
  if (!isStale) return <ErrorNote failure={failureOf(error)} />;
  return (
    <ErrorNote
      failure={{
        title: `Somebody changed ${to} meanwhile`,
        detail: 'Nothing was promoted. Look at the differences again, then promote.',
      }}
      action={
        <Button size="sm" onClick={onLookAgain}>
          Look again
        </Button>
      }
    />
  );
}
