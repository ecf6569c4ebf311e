/**
 * What is withheld: the entities of revisions that did not pass the gate. Followers keep what they had of them, and go on
 * getting everything else. docs/decisions/0018-gate.md says why so.
 */
import type { EntityVersion, WrittenRevision } from '../changes/index.ts';

export interface WithheldEntity {
  /** The newest one, which is not published. */
  readonly version: EntityVersion;
  /** The revision that it is withheld since: what is published is the version before. */
  readonly since: number;
  readonly problem: string;
  /** Of the revisions that wrote it since. */
  readonly confirmations: readonly string[];
}

/** By kind and key. */
export type Withheld = ReadonlyMap<string, WithheldEntity>;

export const NOTHING_WITHHELD: Withheld = new Map();

/** One way to make a revision. The first that passes is published. */
export interface Candidate {
  readonly entities: readonly EntityVersion[];
  readonly confirmations: readonly string[];
  /** What is withheld once it is published; `problem`: why those before it did not pass. */
  readonly after: (problem: string) => Withheld;
}

/**
 * First together with everything withheld, so that a change which mends it publishes it; then without, so that a kill switch
 * gets out; then as a revision that changes nothing. Never a part of a change.
 */
export function* candidates(
  before: Withheld,
  { revision, confirmations, versions: own }: WrittenRevision,
): Generator<Candidate> {
  const whole = new Map([...before].map(([name, { version }]) => [name, version]));
  for (const version of own) whole.set(nameOf(version), version);
  yield {
    entities: [...whole.values()],
    confirmations: union([...before.values()].flatMap((one) => one.confirmations).concat(confirmations)),
    after: () => NOTHING_WITHHELD,
  };
  if (before.size > 0) {
    const kept = new Map(before);
    for (const version of own) kept.delete(nameOf(version));
    yield { entities: own, confirmations, after: () => kept };
  }
  yield {
    entities: [],
    confirmations: [],
    after: (problem) => {
      const after = new Map(before);
      for (const version of own) {
        const earlier = before.get(nameOf(version));
        after.set(nameOf(version), {
          version,
          since: earlier?.since ?? revision,
          problem: `revision ${revision} is withheld: ${problem}`,
          confirmations: union([...(earlier?.confirmations ?? []), ...confirmations]),
        });
      }
      return after;
    },
  };
}

/** What to tell whoever runs the system; null: nothing is withheld. */
export function problemOf(withheld: Withheld): string | null {
  const problems = new Set([...withheld.values()].map(({ problem }) => problem));
  return problems.size === 0 ? null : [...problems].join(' ');
}

/** What is not published, for reading the entities that are. */
export function sinceOf(withheld: Withheld) {
  return [...withheld.values()].map(({ version: { kind, key }, since }) => ({ kind, key, since }));
}

export function nameOf({ kind, key }: Pick<EntityVersion, 'kind' | 'key'>): string {
  return `${kind}\t${key}`;
}

function union(confirmations: readonly string[]): readonly string[] {
  return [...new Set(confirmations)].sort();
}
