import type { IndividualTarget } from '@flaghoist/evaluator';
import { addKeys, removeKeys, variantByKey } from '../draft/targets.ts';
import { isSame } from '../draft/same.ts';
import { type Merging, settle } from './conflict.ts';

type Targets = readonly IndividualTarget[];

/**
 * Key by key: for each targeting key, under which variant it stands. What I moved is laid over their lists, so that their
 * order stays.
 */
export function mergeTargets(merging: Merging, base: Targets, mine: Targets, theirs: Targets): Targets {
  if (isSame(mine, base) || isSame(mine, theirs)) return theirs;
  if (isSame(theirs, base)) return mine;
  const [inBase, inMine, inTheirs] = [variantByKey(base), variantByKey(mine), variantByKey(theirs)];
  const gone: string[] = [];
  const added = new Map<string, string[]>();
  for (const key of new Set([...inBase.keys(), ...inMine.keys()])) {
    const before = inBase.get(key) ?? null;
    const wanted = inMine.get(key) ?? null;
    const current = inTheirs.get(key) ?? null;
    if (wanted === before) continue;
    const settled = settle(merging, `$.targets.${key}`, before, wanted, current, (sides) => ({
      about: 'target',
      key,
      ...sides,
    }));
    if (settled === current) continue;
    if (settled === null) gone.push(key);
    else added.set(settled, [...(added.get(settled) ?? []), key]);
  }
  let merged = removeKeys(theirs, gone);
  for (const [variant, keys] of added) merged = addKeys(merged, variant, keys);
  return merged;
}
