/** What a failing seed prints. */
import { type Invariant, INVARIANTS } from './violation.ts';
import { describeEntry, type Recorded } from './recording.ts';
import type { Outcome } from './simulation.ts';

/** Entries before what broke that concern the same reader, and the faults and publications between them. */
const MOST_BEFORE = 30;
const ALWAYS: ReadonlySet<string> = new Set(['fault', 'healed', 'restored', 'published', 'world']);
/** Entries that there are many of, and the invariants they are about. */
const MANY: { readonly [what: string]: readonly Invariant[] } = {
  evaluated: ['I3', 'I8'],
  accepted: ['I6'],
  stored: ['I6'],
  asked: ['R', 'L'],
  over: ['R'],
  saved: ['I2', 'I4'],
};

/** The seed, what broke, the shortest recording around it, and the command that plays it again. */
export function describeFailure({ seed, violations, recording, digest }: Outcome): string {
  const [first] = violations;
  if (first === undefined) return `Seed ${seed} holds.`;
  const at = recording[first.entry] ?? recording.at(-1);
  // What did not happen concerns everybody.
  const isAbout = (entry: Recorded): boolean => entry.who === at?.who || first.invariant === 'L';
  const concerns = (entry: Recorded): boolean =>
    ALWAYS.has(entry.what) || (isAbout(entry) && (MANY[entry.what]?.includes(first.invariant) ?? true));
  const before = recording.slice(0, first.entry).filter(concerns).slice(-MOST_BEFORE);
  const lines = [...before, ...(at === undefined ? [] : [at])].map(describeEntry);
  return [
    `Seed ${seed} breaks ${first.invariant}: ${INVARIANTS[first.invariant]}.`,
    `  ${first.message}`,
    '',
    ...lines,
    '',
    `Play it again: npm run simulate -- --seeds 1 --from ${seed}   (recording ${digest})`,
  ].join('\n');
}
