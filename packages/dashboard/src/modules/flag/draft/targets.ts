/** Individual targets: which targeting key is answered with which variant. */
import type { IndividualTarget } from '@flaghoist/evaluator';

type Targets = readonly IndividualTarget[];

/** The targeting keys of a variant, in order; a variant may have several targets. */
export function keysOf(targets: Targets, variant: string): readonly string[] {
  const own = targets.filter((target) => target.variant === variant);
  const [only] = own;
  return own.length === 1 && only !== undefined ? only.keys : own.flatMap((target) => target.keys);
}

/** Variant by targeting key. */
export function variantByKey(targets: Targets): ReadonlyMap<string, string> {
  return new Map(targets.flatMap(({ variant, keys }) => keys.map((key) => [key, variant] as const)));
}

/** Keys that stood elsewhere move; those that stand here already stay where they are. */
export function addKeys(targets: Targets, variant: string, keys: readonly string[]): Targets {
  const here = new Set(keysOf(targets, variant));
  const added = [...new Set(keys)].filter((key) => !here.has(key));
  if (added.length === 0) return targets;
  const left = removeKeys(targets, added);
  const first = left.findIndex((target) => target.variant === variant);
  if (first < 0) return [...left, { variant, keys: added }];
  return left.map((target, index) => (index === first ? { ...target, keys: [...target.keys, ...added] } : target));
}

/** A target that this empties goes. */
export function removeKeys(targets: Targets, keys: readonly string[]): Targets {
  const gone = new Set(keys);
  return targets.flatMap((target) => {
    const kept = target.keys.filter((key) => !gone.has(key));
    if (kept.length === target.keys.length) return [target];
    return kept.length === 0 ? [] : [{ ...target, keys: kept }];
  });
}

/** Targeting keys out of pasted text: one a line, or divided by commas, semicolons or tabs; quotes around a key go. */
export function readPastedKeys(text: string): readonly string[] {
  const parts = text.split(/[\n\r,;\t]+/).map((part) => part.trim().replace(/^(["'])(.*)\1$/, '$2'));
  return [...new Set(parts.filter((part) => part !== ''))];
}
