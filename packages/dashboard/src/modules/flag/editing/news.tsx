import { RefreshCw } from 'lucide-react';
import { useMemo } from 'react';
import { Button } from '../../../ui/button.tsx';
import { Callout } from '../../../ui/callout.tsx';
import type { Configuration } from '../draft/configuration.ts';
import { describeDifferences, inShort } from '../words/change-words.ts';
import { WordsText } from '../words/words-text.tsx';

export interface NewsProps {
  readonly author: string;
  readonly revision: number;
  readonly base: Configuration;
  readonly theirs: Configuration;
  readonly onTakeIn: () => void;
}

/** Somebody saved while one has edits of one's own. */
export function News({ author, revision, base, theirs, onTakeIn }: NewsProps) {
  const words = useMemo(() => inShort(describeDifferences(base, theirs)), [base, theirs]);
  return (
    <div role="status">
      <Callout
        tone="warn"
        title={`${author} saved revision ${revision}`}
        action={
          <Button size="sm" icon={RefreshCw} onClick={onTakeIn}>
            Merge
          </Button>
        }
      >
        <WordsText words={words} />
      </Callout>
    </div>
  );
}
