import { useQuery } from '@tanstack/react-query';
import { ChevronRight, Undo2 } from 'lucide-react';
import { useState } from 'react';
import { failureOf } from '../../../api/problem.ts';
import type { Change, ChangeEdits } from '../../../api/openapi.d.ts';
import { changeText, isByPerson, revisionTexts, trialTexts } from '../../../api/change-words.ts';
import { changeEditsQuery, useRevertChange } from '../../../api/queries/history.ts';
import { Author } from '../../../ui/author.tsx';
import { Badge } from '../../../ui/badge.tsx';
import { Button } from '../../../ui/button.tsx';
import { cx } from '../../../ui/class-names.ts';
import { ErrorNote } from '../../../ui/error-note.tsx';
import { Skeleton } from '../../../ui/skeleton.tsx';
import { TextLink } from '../../../ui/text-link.tsx';
import { TimeText } from '../../../ui/time-text.tsx';
import { showToast } from '../../../ui/toast.tsx';
import { JsonDetails } from '../json-details.tsx';
import { readDocument } from '../draft/configuration.ts';
import { useEditing } from '../editing/editing-context.ts';
import { describeDifferences } from '../words/change-words.ts';
import { DifferenceList } from '../words/difference-list.tsx';

export interface ChangeItemProps {
  readonly change: Change;
  readonly isLast: boolean;
  readonly beginsOpen: boolean;
}

export function ChangeItem({ change, isLast, beginsOpen }: ChangeItemProps) {
  const [isOpen, setOpen] = useState(beginsOpen);
  return (
    <li
      className={cx(
        'relative flex min-w-0 gap-3 pb-6',
        !isLast && 'before:absolute before:top-8 before:bottom-0 before:left-4 before:w-px before:bg-line',
      )}
    >
      <Author name={change.author} isPerson={isByPerson(change)} />
      <div className="min-w-0 flex-1">
        <button
          type="button"
          aria-expanded={isOpen}
          onClick={() => setOpen(!isOpen)}
          className="-mx-1.5 flex w-full min-w-0 items-start gap-1.5 rounded-md px-1.5 py-1 text-left hover:bg-hover"
        >
          <ChevronRight
            className={cx('mt-0.5 size-4 shrink-0 text-faint transition-transform', isOpen && 'rotate-90')}
            aria-hidden="true"
          />
          <span className="min-w-0 flex-1">
            <span className="font-medium">{change.author}</span> <span className="text-soft">{changeText(change)}</span>
            <span className="flex flex-wrap items-center gap-x-3 text-sm text-faint">
              <TimeText at={change.at} />
              <span className="nums">{revisionTexts(change).join(', ')}</span>
              {trialTexts(change).map(({ environment, state, text }) => (
                <Badge key={environment} tone={state === 'tried' ? 'accent' : 'danger'}>
                  {text}
                </Badge>
              ))}
              {change.revertedBy !== null && <Badge tone="warn">Reverted</Badge>}
            </span>
          </span>
        </button>
        {change.reason !== null && change.reason !== '' && (
          <p className="mt-1 w-fit rounded-md bg-sunken px-3 py-1.5 text-soft">“{change.reason}”</p>
        )}
        {isOpen && <Edits change={change} />}
      </div>
    </li>
  );
}

/** What it did to this flag, environment by environment. */
function Edits({ change }: { readonly change: Change }) {
  const { project, flag } = useEditing();
  const edits = useQuery({ ...changeEditsQuery(project, change.id), staleTime: 60_000 });
  if (edits.error !== null) return <ErrorNote failure={failureOf(edits.error)} className="mt-2" />;
  if (edits.data === undefined) return <Skeleton className="mt-2 h-12 w-full" />;
  const mine = edits.data.items.filter(({ kind, key }) => kind === 'flag' && key === flag);
  const trials = trialTexts(change);
  if (mine.length === 0 && trials.length > 0)
    return (
      <p className="mt-2 text-soft">
        {trials.every(({ state }) => state === 'withdrawn')
          ? 'It was tried on canary edges and not published.'
          : 'It is being tried on canary edges before it is published.'}{' '}
        <TextLink to="/projects/$project/history/$change" params={{ project, change: change.id }}>
          How it does, and what it is about
        </TextLink>
      </p>
    );
  if (mine.length === 0)
    return (
      <p className="mt-2 text-soft">It changed what the flag is called, owned by or tagged with, not what it serves.</p>
    );
  return (
    <div className="mt-3 flex min-w-0 flex-col gap-4">
      {mine.map((edit) => (
        <Edit key={edit.environment} change={change} edit={edit} />
      ))}
    </div>
  );
}

type EditRecord = ChangeEdits['items'][number];

function Edit({ change, edit }: { readonly change: Change; readonly edit: EditRecord }) {
  const { project, flag, readOnly } = useEditing();
  const revert = useRevertChange(project);
  const { environment, before, after } = edit;
  const differences =
    before === null || after === null ? [] : describeDifferences(readDocument(before), readDocument(after));
  function putItBack(): void {
    revert.mutate(
      { change: change.id, edits: [{ environment, flag }] },
      {
        onSuccess: (made) =>
          showToast({
            title: 'The change was reverted',
            detail: `Saved as revision ${made.revisions[0]?.revision ?? ''} in ${environment}.`,
            tone: 'on',
          }),
      },
    );
  }
  return (
    <section className="flex min-w-0 flex-col gap-2">
      <div className="flex flex-wrap items-center justify-between gap-2">
        <h3 className="text-sm font-medium">
          {environment} <span className="font-normal text-faint nums">#{edit.revision}</span>
        </h3>
        {edit.revertible && !readOnly && (
          <Button size="sm" icon={Undo2} loading={revert.isPending} onClick={putItBack}>
            Revert
          </Button>
        )}
      </div>
      {revert.error !== null && <ErrorNote failure={failureOf(revert.error)} />}
      {before === null && <p className="text-soft">The flag came into {environment}.</p>}
      {after === null && <p className="text-soft">The flag left {environment}.</p>}
      {before !== null && after !== null && <DifferenceList differences={differences} />}
      {before !== null && after !== null && (
        <JsonDetails label={`Difference in ${environment}`} before={before} after={after} />
      )}
    </section>
  );
}
