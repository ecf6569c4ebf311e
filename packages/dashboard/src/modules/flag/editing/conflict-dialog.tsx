import { useMemo, useState } from 'react';
import { Button } from '../../../ui/button.tsx';
import { Dialog } from '../../../ui/dialog.tsx';
import { RadioGroup } from '../../../ui/radio-group.tsx';
import { conflictWords } from '../merge/conflict-words.ts';
import type { Conflict, Side } from '../merge/conflict.ts';
import { mergeConfigurations } from '../merge/merge.ts';
import { textOf } from '../words/span.ts';
import { WordsText } from '../words/words-text.tsx';
import type { Clash, Saving } from './use-save.ts';

/** Asks for each thing that two people changed differently whose it shall be. */
export function ConflictDialog({ saving }: { readonly saving: Saving }) {
  const { clash } = saving;
  if (clash === null) return null;
  return <Open key={clash.revision} clash={clash} saving={saving} />;
}

function Open({ clash, saving }: { readonly clash: Clash; readonly saving: Saving }) {
  const { base, mine, theirs, author, revision } = clash;
  const [choices, setChoices] = useState<ReadonlyMap<string, Side>>(new Map());
  // Which conflicts there are does not depend on how they are settled.
  const { conflicts } = useMemo(() => mergeConfigurations(base, mine, theirs), [base, mine, theirs]);
  const left = conflicts.filter(({ place }) => !choices.has(place)).length;
  const all = (side: Side) => setChoices(new Map(conflicts.map(({ place }) => [place, side])));
  const action = clash.saving === null ? 'Take in' : 'Save';
  return (
    <Dialog
      open
      sticky
      size="lg"
      onClose={saving.leaveClash}
      title={`${author} changed the same`}
      description={`Revision ${revision} and your edits differ in ${conflicts.length === 1 ? 'one thing' : `${conflicts.length} things`}. Everything else is put together already.`}
      footer={
        <>
          <Button onClick={saving.leaveClash}>Go back to my edits</Button>
          <Button tone="primary" disabled={left > 0} onClick={() => void saving.settleClash(choices)}>
            {left === 0 ? action : `${left} to choose`}
          </Button>
        </>
      }
    >
      <div className="flex min-w-0 flex-col gap-6">
        {conflicts.length > 1 && (
          <div className="flex flex-wrap gap-2">
            <Button size="sm" onClick={() => all('mine')}>
              All mine
            </Button>
            <Button size="sm" onClick={() => all('theirs')}>
              All of {author}
            </Button>
          </div>
        )}
        {conflicts.map((conflict) => (
          <OneConflict
            key={conflict.place}
            conflict={conflict}
            author={author}
            choice={choices.get(conflict.place) ?? null}
            onChoose={(side) => setChoices((before) => new Map(before).set(conflict.place, side))}
          />
        ))}
      </div>
    </Dialog>
  );
}

interface OneConflictProps {
  readonly conflict: Conflict;
  readonly author: string;
  readonly choice: Side | null;
  readonly onChoose: (side: Side) => void;
}

function OneConflict({ conflict, author, choice, onChoose }: OneConflictProps) {
  const { title, base, mine, theirs } = conflictWords(conflict);
  return (
    <section className="flex min-w-0 flex-col gap-2">
      <h3 className="font-medium">
        <WordsText words={title} className="text-ink" />
      </h3>
      <p className="text-sm text-faint">
        Before: <WordsText words={base} />
      </p>
      <RadioGroup
        look="cards"
        aria-label={textOf(title)}
        value={choice}
        onChange={onChoose}
        options={[
          { value: 'mine', label: 'Yours', hint: textOf(mine) },
          { value: 'theirs', label: author, hint: textOf(theirs) },
        ]}
      />
    </section>
  );
}
