/**
 * What every revision says, worked out from the commits alone: the other side of what the checker compares. It knows nothing
 * of heads, hashes and patches, and how a revision is withheld from the words of docs/decisions/0018-gate.md.
 */
import type { Edit } from './edit.ts';

/** What each flag answers, by key. */
export type Values = ReadonlyMap<string, string>;

interface Revision {
  readonly values: Values;
  readonly withheld: ReadonlyMap<string, Edit>;
}

const NOTHING: Revision = { values: new Map(), withheld: new Map() };

export class Truth {
  /** By database and environment; the first revision is at 0. */
  readonly #lines = new Map<string, Revision[]>();

  /** False: the revision is not the next one, so one was lost or is used again. */
  commit(database: number, environment: string, revision: number, edits: readonly Edit[]): boolean {
    const line = this.#lineOf(database, environment);
    if (revision !== line.length + 1) return false;
    line.push(next(line.at(-1) ?? NOTHING, edits));
    return true;
  }

  /** Another database has what this one had up to these revisions. */
  restore(from: number, to: number, revisions: { readonly [environment: string]: number }): void {
    for (const [environment, revision] of Object.entries(revisions))
      this.#lines.set(`${to} ${environment}`, this.#lineOf(from, environment).slice(0, revision));
  }

  /** Null: there is no such revision. */
  values(database: number, environment: string, revision: number): Values | null {
    return this.#lineOf(database, environment)[revision - 1]?.values ?? null;
  }

  newest(database: number, environment: string): number {
    return this.#lineOf(database, environment).length;
  }

  #lineOf(database: number, environment: string): Revision[] {
    const name = `${database} ${environment}`;
    const line = this.#lines.get(name) ?? [];
    this.#lines.set(name, line);
    return line;
  }
}

/** Together with everything withheld; else without it; else nothing of it, and it is withheld. */
function next({ values, withheld }: Revision, edits: readonly Edit[]): Revision {
  const whole = new Map([...withheld, ...named(edits)]);
  if (isSound([...whole.values()])) return { values: apply(values, [...whole.values()]), withheld: new Map() };
  if (!isSound(edits)) return { values, withheld: whole };
  const kept = new Map(withheld);
  for (const [name] of named(edits)) kept.delete(name);
  return { values: apply(values, edits), withheld: kept };
}

function isSound(edits: readonly Edit[]): boolean {
  return edits.every(({ isPoison }) => !isPoison);
}

function named(edits: readonly Edit[]): readonly (readonly [string, Edit])[] {
  return edits.map((edit) => [`${edit.kind}/${edit.key}`, edit] as const);
}

function apply(values: Values, edits: readonly Edit[]): Values {
  const after = new Map(values);
  for (const { kind, key, value } of edits) {
    if (kind !== 'flag') continue;
    if (value === null) after.delete(key);
    else after.set(key, value);
  }
  return after;
}
