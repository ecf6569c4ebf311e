/** Pure decisions on reverting: whether an edit can be put back, and which members of what there is now it sets. */
import { isDeepStrictEqual } from 'node:util';
import type { EditRecord } from '../changes/index.ts';

/** An entity's JSON, parsed. */
export type Entity = { readonly [member: string]: unknown };

/** What an absent member of an entity means, as an edit sets it. Members that are not here are never absent. */
const ABSENT: Entity = {
  offVariant: null,
  clientVisible: false,
  prerequisites: [],
  targets: [],
  rules: [],
  included: [],
  excluded: [],
  conditions: [],
};

/** Why an edit cannot be put back, whatever was done since, and what to do instead; null: it can. */
export function whyNot({ kind, key, before, after }: Pick<EditRecord, 'kind' | 'key' | 'before' | 'after'>) {
  if (before === null)
    return `it created ${kind} ${key}, whose key applications may ask for. Archive the ${kind} instead.`;
  if (after === null)
    return `it archived ${kind} ${key}, whose key is never used again. Make a ${kind} with another key.`;
  const [was, is] = [parseEntity(before), parseEntity(after)];
  if (!isDeepStrictEqual(namesIn(was['variants']), namesIn(is['variants'])))
    return `it added variants to flag ${key}, and variants stay. Serve another variant instead.`;
  if (!isSame(was['includedChunks'], is['includedChunks']) || !isSame(was['excludedChunks'], is['excludedChunks']))
    return `it replaced the stored parts of segment ${key}. Edit the segment instead.`;
  return null;
}

export interface PutBack {
  /** As an edit sets them; none: all is as it was before. */
  readonly set: Entity;
  /** Members that somebody changed since. */
  readonly conflicts: readonly { readonly member: string; readonly now: unknown }[];
}

/** Members that the edit altered get their value from before, where they still have the value that it left. */
export function putBack(before: Entity, after: Entity, now: Entity): PutBack {
  const set: { [member: string]: unknown } = {};
  const conflicts: { readonly member: string; readonly now: unknown }[] = [];
  for (const member of new Set([...Object.keys(before), ...Object.keys(after)])) {
    if (isSame(before[member], after[member])) continue;
    if (isDeepStrictEqual(now[member], after[member])) set[member] = before[member] ?? ABSENT[member];
    else if (!isDeepStrictEqual(now[member], before[member]))
      conflicts.push({ member, now: now[member] ?? ABSENT[member] });
  }
  return { set, conflicts };
}

export function parseEntity(json: string): Entity {
  return JSON.parse(json) as Entity;
}

/** To the letter: another order of members is another text, and putting back restores texts. */
function isSame(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

function namesIn(variants: unknown): readonly string[] {
  return Object.keys(variants ?? {});
}
