/** Which entities name which, and what that must not come to: a circle, or a prerequisite that is not there. */
import type { Condition, FlagConfiguration, Segment } from '@flaghoist/evaluator';
import type { EntityVersion } from '../changes/index.ts';

type Links = Map<string, readonly string[]>;
type Change = Pick<EntityVersion, 'kind' | 'key' | 'json'>;

/**
 * A segment that is not there contains nobody, and may be made later: the management API takes rules that name it, so it
 * is no problem here either.
 */
export class References {
  readonly #flags = new Set<string>();
  readonly #prerequisites: Links = new Map();
  readonly #nesting: Links = new Map();

  /** Flags that are there. */
  get flags(): number {
    return this.#flags.size;
  }

  /** Takes changes in, which prepare; answers the way back. */
  apply(changed: readonly Change[]): () => void {
    const undo = changed.map((change) => this.#apply(change));
    return () => {
      for (const back of undo.reverse()) back();
    };
  }

  /** What is wrong with what was just taken in; null: nothing. */
  check(changed: readonly Change[]): string | null {
    const deleted = new Set(changed.flatMap(({ kind, key, json }) => (kind === 'flag' && json === null ? [key] : [])));
    return this.#checkNamed(changed) ?? (deleted.size === 0 ? null : this.#checkDeleted(deleted));
  }

  #checkNamed(changed: readonly Change[]): string | null {
    for (const { kind, key, json } of changed) {
      if (json === null || (kind !== 'flag' && kind !== 'segment')) continue;
      const links = kind === 'flag' ? this.#prerequisites : this.#nesting;
      const missing = kind === 'flag' ? links.get(key)?.findIndex((name) => !this.#flags.has(name)) : undefined;
      if (missing !== undefined && missing >= 0)
        return `flag/${key}: $.prerequisites[${missing}].flag: There is no flag ${links.get(key)?.[missing] ?? ''}. Make it first, or take the prerequisite out.`;
      if (leadsTo(links, key))
        return `${kind}/${key}: $: It leads back to itself. Take one of its references to other ${kind}s out.`;
    }
    return null;
  }

  #checkDeleted(deleted: ReadonlySet<string>): string | null {
    for (const [key, names] of this.#prerequisites) {
      const gone = names.findIndex((name) => deleted.has(name));
      if (gone >= 0)
        return `flag/${key}: $.prerequisites[${gone}].flag: Flag ${names[gone] ?? ''} would be gone. Take the prerequisite out first.`;
    }
    return null;
  }

  #apply({ kind, key, json }: Change): () => void {
    if (kind !== 'flag' && kind !== 'segment') return () => undefined;
    const links = kind === 'flag' ? this.#prerequisites : this.#nesting;
    const before = links.get(key);
    const wasThere = this.#flags.has(key);
    setLinks(links, key, namesIn(kind, json));
    if (kind === 'flag') this.#setFlag(key, json !== null);
    return () => {
      setLinks(links, key, before ?? []);
      if (kind === 'flag') this.#setFlag(key, wasThere);
    };
  }

  #setFlag(key: string, isThere: boolean): void {
    if (isThere) this.#flags.add(key);
    else this.#flags.delete(key);
  }
}

function setLinks(links: Links, key: string, names: readonly string[]): void {
  if (names.length === 0) links.delete(key);
  else links.set(key, names);
}

/** Whether a way leads from a key back to it. */
function leadsTo(links: Links, start: string): boolean {
  const seen = new Set<string>();
  const waiting = [...(links.get(start) ?? [])];
  for (let key = waiting.pop(); key !== undefined; key = waiting.pop()) {
    if (key === start) return true;
    if (seen.has(key)) continue;
    seen.add(key);
    waiting.push(...(links.get(key) ?? []));
  }
  return false;
}

function namesIn(kind: 'flag' | 'segment', json: string | null): readonly string[] {
  // Most name none: their text says so without being parsed. An escape could hide the member's name.
  if (json === null) return [];
  const member = kind === 'flag' ? '"prerequisites"' : '"segment"';
  if (!json.includes(member) && !json.includes('\\u')) return [];
  const value = JSON.parse(json) as FlagConfiguration & Segment;
  if (kind === 'flag') return (value.prerequisites ?? []).map(({ flag }) => flag);
  const names = new Set<string>();
  nameSegments(value.conditions ?? [], names);
  return [...names];
}

function nameSegments(conditions: readonly Condition[], names: Set<string>): void {
  for (const condition of conditions) {
    if ('segment' in condition) names.add(condition.segment);
    else if ('group' in condition) nameSegments(condition.conditions, names);
  }
}
