import { Minus, PencilLine, Plus } from 'lucide-react';
import { textOf } from './span.ts';
import type { Difference } from './difference.ts';
import { WordsText } from './words-text.tsx';

const LOOKS = {
  added: { icon: Plus, ink: 'text-on-text', name: 'Added: ' },
  removed: { icon: Minus, ink: 'text-danger-text', name: 'Removed: ' },
  changed: { icon: PencilLine, ink: 'text-accent-text', name: 'Changed: ' },
} as const;

/** Changes in plain words, one a line. */
export function DifferenceList({ differences }: { readonly differences: readonly Difference[] }) {
  if (differences.length === 0) return <p className="text-soft">Nothing that an evaluation would notice.</p>;
  return (
    <ul className="flex flex-col gap-1.5">
      {differences.map(({ kind, words }) => {
        const { icon: Icon, ink, name } = LOOKS[kind];
        return (
          <li key={textOf(words)} className="flex min-w-0 items-start gap-2">
            <Icon className={`mt-0.5 size-4 shrink-0 ${ink}`} aria-hidden="true" />
            <span className="sr-only">{name}</span>
            <WordsText words={words} className="min-w-0 wrap-break-word" />
          </li>
        );
      })}
    </ul>
  );
}
