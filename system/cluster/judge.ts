/**
 * Judges what was seen of real processes by the rules of the simulated ones: it is told to the simulator's checker as a
 * recording, first what the database holds, then what happened, in order.
 */
import { Checker, describeEntry, type Recorded, type Violation } from '@flaghoist/simulator';
import type { Acknowledged } from '../change-writer.ts';
import type { Written } from './written.ts';

/** What a reader was seen to serve. */
export interface Seen {
  /** Milliseconds since the recording began. */
  readonly at: number;
  readonly who: string;
  readonly epoch: number;
  readonly revision: number;
  /** Null: of a reader that does not tell. It is looked up in what was published at that place. */
  readonly hash: string | null;
  readonly values: Readonly<Record<string, number>>;
}

export type Entry = Recorded | Seen;
export type AcknowledgedOf = Acknowledged & { readonly flag: string };

export interface Judgement {
  readonly violations: readonly Violation[];
  /** Of the first violation, for people. */
  readonly text: string;
  readonly committed: number;
  readonly acknowledged: number;
  /** How often a reader was seen to have another revision than before. */
  readonly seen: number;
}

const ENVIRONMENT = 'production';
const SHOWN_BEFORE = 30;

/** Everybody has to have come to rest. */
export function judge(
  written: Written,
  timeline: readonly Entry[],
  acknowledged: readonly AcknowledgedOf[],
): Judgement {
  const checker = new Checker();
  const entries = [
    ...committed(written),
    ...published(written),
    ...timeline.map((entry) => ('what' in entry ? entry : holds(entry, written))),
  ];
  for (const entry of entries) checker.see(entry);
  compareValues(checker, written, acknowledged);
  checker.see({ at: timeline.at(-1)?.at ?? 0, who: 'everybody', what: 'rested' });
  const [first] = checker.violations;
  return {
    violations: checker.violations,
    text: first === undefined ? '' : describe(first, entries),
    committed: written.revisions.length,
    acknowledged: acknowledged.length,
    seen: timeline.filter((entry) => !('what' in entry)).length,
  };
}

/** That a change is there is not enough: it has to be where its author was told, and to say what he asked for. */
function compareValues(checker: Checker, written: Written, acknowledged: readonly AcknowledgedOf[]): void {
  const byChange = new Map(written.revisions.map((revision) => [revision.change, revision]));
  for (const { change, flag, value, revision } of acknowledged) {
    const made = byChange.get(change);
    if (made?.revision === revision && made.values[flag] === value) continue;
    const found = made === undefined ? 'is nowhere' : `is at ${made.revision}, with ${made.values[flag] ?? 'nothing'}`;
    checker.fail('I1', `${flag} = ${value} was acknowledged at ${revision}; ${change} ${found}`);
  }
}

function committed({ revisions }: Written): readonly Recorded[] {
  return revisions.map(({ values, ...revision }) => ({
    at: 0,
    who: 'database',
    what: 'committed',
    database: 0,
    environment: ENVIRONMENT,
    ...revision,
    edits: Object.entries(values).map(([key, value]) => ({
      kind: 'flag',
      key,
      json: null,
      value: valueOf(value),
      isPoison: false,
    })),
  }));
}

function published({ heads }: Written): readonly Recorded[] {
  return [...heads].map(([place, hash]) => {
    const [epoch = 0, revision = 0] = place.split('.').map(Number);
    return {
      at: 0,
      who: 'publisher',
      what: 'published',
      database: 0,
      environment: ENVIRONMENT,
      epoch,
      revision,
      hash,
    };
  });
}

function holds({ values, hash, ...seen }: Seen, { heads }: Written): Recorded {
  return {
    ...seen,
    what: 'holds',
    environment: ENVIRONMENT,
    // What nobody published has no hash, and the checker says so.
    hash: hash ?? heads.get(`${seen.epoch}.${seen.revision}`) ?? 'of nobody',
    from: 'wire',
    values: Object.fromEntries(Object.entries(values).map(([flag, value]) => [flag, valueOf(value)])),
  };
}

/** As simulated flags say it: with the environment that they belong to. */
function valueOf(value: number): string {
  return `${ENVIRONMENT}/${value}`;
}

function describe(violation: Violation, entries: readonly Recorded[]): string {
  const at = entries[violation.entry] ?? entries.at(-1);
  const concerns = ({ who, what }: Recorded): boolean => who === at?.who || what === 'fault' || what === 'healed';
  const before = entries.slice(0, violation.entry + 1).filter(concerns);
  return [`${violation.invariant}: ${violation.message}`, ...before.slice(-SHOWN_BEFORE).map(describeEntry)].join('\n');
}
