/** Which flags have which prerequisites. */
import type { FlagConfiguration } from '@flaghoist/evaluator';
import type { EntityLine } from '@flaghoist/protocol/ruleset';

/** Key of a flag that has prerequisites to the keys of those. */
export type PrerequisiteIndex = Map<string, readonly string[]>;

/** Takes in entities that changed. They must have passed the evaluator. */
export function indexPrerequisites(index: PrerequisiteIndex, changed: Iterable<EntityLine>): void {
  for (const line of changed) {
    if (line.kind !== 'flag') continue;
    const keys = prerequisitesOf(line.json);
    if (keys.length > 0) index.set(line.key, keys);
    else index.delete(line.key);
  }
}

/** Adds the flags that have one of `flags` among their prerequisites, directly or through others. */
export function spreadToDependents(index: ReadonlyMap<string, readonly string[]>, flags: Set<string>): void {
  for (let before = -1; before < flags.size; ) {
    before = flags.size;
    for (const [key, prerequisites] of index)
      if (!flags.has(key) && prerequisites.some((prerequisite) => flags.has(prerequisite))) flags.add(key);
  }
}

function prerequisitesOf(json: string | null): readonly string[] {
  // Most flags have none. An escape could hide the name of the member, so a text that has one is parsed.
  if (json === null || !(json.includes('"prerequisites"') || json.includes('\\u'))) return [];
  const { prerequisites = [] } = JSON.parse(json) as FlagConfiguration;
  return prerequisites.map(({ flag }) => flag);
}
