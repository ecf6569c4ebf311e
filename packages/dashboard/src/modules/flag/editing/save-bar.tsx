import { Redo2, Undo2 } from 'lucide-react';
import { type ReactNode, useMemo, useRef, useState } from 'react';
import { Button } from '../../../ui/button.tsx';
import { ErrorNote } from '../../../ui/error-note.tsx';
import { FocusAfter } from '../../../ui/focus-after.tsx';
import { IconButton } from '../../../ui/icon-button.tsx';
import { useShortcut } from '../../../ui/shortcuts.tsx';
import { useFoot } from '../../../ui/use-foot.ts';
import { isUnfinished } from '../check/problems.ts';
import { describeDifferences } from '../words/change-words.ts';
import { ReviewDialog } from './review-dialog.tsx';
import type { DraftState } from './use-draft.ts';
import type { Saving } from './use-save.ts';

export interface SaveBarProps {
  readonly environment: string;
  readonly state: DraftState;
  readonly saving: Saving;
  /** What others saved meanwhile. */
  readonly news: ReactNode;
}

/** What is not saved yet, and what can be done about it. Stands at the foot of the page while there is something. */
export function SaveBar({ environment, state, saving, news }: SaveBarProps) {
  const { draft, dirty, problems, step, insist } = state;
  const [isReviewing, setReviewing] = useState(false);
  const differences = useMemo(() => describeDifferences(draft.base, draft.present), [draft.base, draft.present]);
  const wrong = problems.length;
  const isBlocked = wrong > 0;
  const unfinished = problems.filter((problem) => isUnfinished(problem, draft.present)).length;

  const save = () => {
    if (!dirty || saving.pending) return;
    if (!isBlocked) void saving.save('');
    else {
      insist();
      requestAnimationFrame(() => showFirstProblem());
    }
  };
  // The dialogs have their own: what is saved there is saved with a reason.
  const isBehind = isReviewing || saving.clash !== null;
  const group = 'Flag';
  const { past, future } = draft;
  useShortcut({ keys: 'mod+s', label: 'Save', group, disabled: isBehind }, save);
  useShortcut({ keys: 'mod+z', label: 'Undo', group, disabled: isBehind || past.length === 0 }, () =>
    step({ event: 'undo' }),
  );
  useShortcut({ keys: 'mod+shift+z', label: 'Redo', group, disabled: isBehind || future.length === 0 }, () =>
    step({ event: 'redo' }),
  );

  const isShown = dirty || draft.future.length > 0;
  const bar = useRef<HTMLDivElement>(null);
  useFoot(bar, isShown);
  if (!isShown) return null;
  return (
    <div ref={bar} className="sticky bottom-4 z-20 mt-8 max-lg:bottom-18">
      {saving.failure !== null && <ErrorNote failure={saving.failure} className="mb-2 shadow-pop" />}
      {news !== null && <div className="mb-2 rounded-lg bg-raised shadow-pop">{news}</div>}
      <div
        role="region"
        aria-label="Unsaved changes"
        className="flex flex-wrap items-center gap-x-3 gap-y-2 rounded-lg bg-raised p-2 pl-4 shadow-pop"
      >
        <FocusAfter />
        <p className="min-w-0 basis-full sm:flex-1 sm:basis-0" role="status">
          <span className="font-medium">{saidOf(differences.length, dirty)}</span>{' '}
          {isBlocked && (
            <span className={unfinished === wrong ? 'text-warn-text' : 'text-danger-text'}>
              {unfinished === wrong ? `${wrong} still to fill in` : `${wrong} to mend`}
            </span>
          )}
          {!isBlocked && dirty && <span className="text-faint">in {environment}</span>}
        </p>
        <UndoRedo state={state} />
        <Button tone="ghost" disabled={!dirty} onClick={() => step({ event: 'discard' })}>
          Discard
        </Button>
        <Button disabled={!dirty} onClick={() => setReviewing(true)}>
          Review
        </Button>
        <Button tone="primary" loading={saving.pending} disabled={!dirty} onClick={save}>
          Save
        </Button>
      </div>
      <ReviewDialog
        open={isReviewing}
        onClose={() => setReviewing(false)}
        environment={environment}
        draft={draft}
        differences={differences}
        isBlocked={isBlocked}
        saving={saving}
      />
    </div>
  );
}

function UndoRedo({ state: { draft, step } }: Pick<SaveBarProps, 'state'>) {
  return (
    <span className="flex items-center">
      <IconButton
        icon={Undo2}
        label="Undo"
        disabled={draft.past.length === 0}
        onClick={() => step({ event: 'undo' })}
      />
      <IconButton
        icon={Redo2}
        label="Redo"
        disabled={draft.future.length === 0}
        onClick={() => step({ event: 'redo' })}
      />
    </span>
  );
}

function showFirstProblem(): void {
  document.querySelector('main [data-wrong]')?.scrollIntoView({ block: 'center', behavior: 'smooth' });
}

function saidOf(count: number, dirty: boolean): string {
  if (!dirty) return 'Everything is as it is saved';
  return count <= 1 ? '1 change' : `${count} changes`;
}
