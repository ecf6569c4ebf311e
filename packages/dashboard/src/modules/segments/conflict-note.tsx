import { Button } from '../../ui/button.tsx';
import { Callout } from '../../ui/callout.tsx';
import type { Conflict } from './use-segment-draft.ts';

/** Somebody else saved the segment while it was edited here. */
export function ConflictNote({
  conflict,
  onSettle,
}: {
  readonly conflict: Conflict;
  readonly onSettle: (choice: 'mine' | 'theirs') => void;
}) {
  const { kind, theirs } = conflict;
  return (
    <div role="alert">
      <Callout tone="warn" title="Somebody else has just saved this segment">
        {kind === 'keys' ? (
          <p>Your edits stand on top of theirs now (revision {theirs.revision}). Look once more, then save.</p>
        ) : (
          <p>
            You both edited the conditions (theirs is revision {theirs.revision}). What you see are yours: saving them
            replaces theirs, which are{' '}
            <code className="font-mono text-sm wrap-anywhere">{JSON.stringify(theirs.conditions)}</code>
          </p>
        )}
        <div className="mt-2 flex flex-wrap gap-2">
          <Button size="sm" onClick={() => onSettle('mine')}>
            Keep my edits
          </Button>
          <Button size="sm" tone="ghost" onClick={() => onSettle('theirs')}>
            Drop them, take theirs
          </Button>
        </div>
      </Callout>
    </div>
  );
}
