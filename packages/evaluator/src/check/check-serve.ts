import { checkRolloutBucketing, fixedPrecision } from './check-bucketing.ts';
import { checkKey, checkList, checkObject, isObject, isWhole, type Members, shape } from './check-json.ts';
import { LIMITS } from '../limits.ts';
import { at, type Path, type Problems, quote } from './problems.ts';

/** The flag's variants by name; null when they could not be read, so that nothing is blamed for naming one. */
export type Variants = Members | null;

const SERVE = shape('a serve', [], ['variant', 'rollout']);
const ROLLOUT = shape('a rollout', ['variants', 'bucketing'], []);
const WEIGHTS = { least: 1, most: LIMITS.variants, of: 'weighted variants' } as const;
const WEIGHTED = shape('a weighted variant', ['variant', 'weight'], []);

export function checkServe(value: unknown, variants: Variants, path: Path, problems: Problems): void {
  if (value === undefined || !checkObject(value, SERVE, path, problems)) return;
  const { variant, rollout } = value;
  if ((variant === undefined) === (rollout === undefined)) {
    problems.add(path, 'bad_serve', 'Give exactly one of "variant" and "rollout".');
    return;
  }
  if (variant !== undefined) checkVariantName(variant, variants, at(path, 'variant'), problems);
  else checkRollout(rollout, variants, at(path, 'rollout'), problems);
}

/** Whether `value` names a variant of the flag. A name that it has is sound, or was found wanting among its variants. */
export function checkVariantName(value: unknown, variants: Variants, path: Path, problems: Problems): value is string {
  if (typeof value === 'string' && variants !== null && Object.hasOwn(variants, value)) return true;
  if (!checkKey(value, 'a variant', path, problems)) return false;
  if (variants === null) return true;
  return problems.add(path, 'unknown_variant', `Name a variant of this flag, or add ${quote(value)} to its variants.`);
}

function checkRollout(value: unknown, variants: Variants, path: Path, problems: Problems): void {
  if (!checkObject(value, ROLLOUT, path, problems)) return;
  const { variants: weighted, bucketing } = value;
  if (weighted !== undefined) {
    const sum = checkWeights(weighted, variants, at(path, 'variants'), problems);
    if (sum !== null) checkSum(sum, bucketing, at(path, 'variants'), problems);
  }
  if (bucketing !== undefined) checkRolloutBucketing(bucketing, at(path, 'bucketing'), problems);
}

function checkSum(sum: number, bucketing: unknown, path: Path, problems: Problems): void {
  const fixed = isObject(bucketing) ? fixedPrecision(bucketing.algorithm) : null;
  if (fixed !== null && sum !== fixed) {
    const message = `Make the weights add up to ${fixed}, not ${sum}: the algorithm has no other precision.`;
    problems.add(path, 'bad_weight_sum', message);
  } else if (sum < 1 || sum > LIMITS.totalWeight) {
    problems.add(path, 'bad_weight_sum', `Make the weights add up to 1 to ${LIMITS.totalWeight}, not ${sum}.`);
  }
}

/** The sum of the weights, null when one of them is none. */
function checkWeights(value: unknown, variants: Variants, path: Path, problems: Problems): number | null {
  if (!checkList(value, WEIGHTS, path, problems)) return null;
  const seen = new Set<string>();
  let sum: number | null = 0;
  for (let index = 0; index < value.length && !problems.full; index++) {
    const item = value[index];
    const place = at(path, index);
    const weight = checkObject(item, WEIGHTED, place, problems)
      ? checkWeighted(item, variants, seen, place, problems)
      : null;
    sum = sum === null || weight === null ? null : sum + weight;
  }
  return sum;
}

/** The weight, null when it is not one. */
function checkWeighted(
  item: Members,
  variants: Variants,
  seen: Set<string>,
  path: Path,
  problems: Problems,
): number | null {
  const { variant, weight } = item;
  const place = at(path, 'variant');
  if (variant !== undefined && checkVariantName(variant, variants, place, problems)) {
    if (seen.has(variant)) {
      problems.add(place, 'duplicate_variant', `Name ${quote(variant)} once: add its weights together.`);
    }
    seen.add(variant);
  }
  if (weight === undefined) return null;
  if (isWhole(weight, 0, LIMITS.totalWeight)) return weight;
  problems.add(at(path, 'weight'), 'bad_weight', `Write a whole number from 0 to ${LIMITS.totalWeight}.`);
  return null;
}
