import { checkKey, checkList, checkObject, checkText, type Members, shape } from './check-json.ts';
import { checkAttribute } from './check-condition.ts';
import { LIMITS } from './limits.ts';
import { at, type Path, type Problems, quote } from './problems.ts';

/** Names of the flag's variants; null when they could not be read, so that nothing is blamed for naming one. */
export type VariantNames = ReadonlySet<string> | null;

const SERVE = shape('a serve', [], ['variant', 'rollout']);
const ROLLOUT = shape('a rollout', ['variants', 'bucketing'], []);
const WEIGHTED = shape('a weighted variant', ['variant', 'weight'], []);
const BUCKETING = shape('a bucketing contract', ['algorithm'], ['salt', 'attribute', 'missing']);
const MISSING: ReadonlySet<unknown> = new Set(['error', 'firstVariant', 'fallThrough']);

export function checkServe(value: unknown, variants: VariantNames, path: Path, problems: Problems): void {
  if (value === undefined || !checkObject(value, SERVE, path, problems)) return;
  const { variant, rollout } = value;
  if ((variant === undefined) === (rollout === undefined)) {
    problems.add(path, 'bad_serve', 'Give exactly one of "variant" and "rollout".');
    return;
  }
  if (variant !== undefined) checkVariantName(variant, variants, at(path, 'variant'), problems);
  else checkRollout(rollout, variants, at(path, 'rollout'), problems);
}

/** Whether `value` names a variant of the flag. */
export function checkVariantName(
  value: unknown,
  variants: VariantNames,
  path: Path,
  problems: Problems,
): value is string {
  if (!checkKey(value, 'a variant', path, problems)) return false;
  if (variants === null || variants.has(value)) return true;
  return problems.add(path, 'unknown_variant', `Name a variant of this flag, or add ${quote(value)} to its variants.`);
}

function checkRollout(value: unknown, variants: VariantNames, path: Path, problems: Problems): void {
  if (!checkObject(value, ROLLOUT, path, problems)) return;
  if (value.variants !== undefined) checkWeights(value.variants, variants, at(path, 'variants'), problems);
  if (value.bucketing !== undefined) checkBucketing(value.bucketing, at(path, 'bucketing'), problems);
}

function checkWeights(value: unknown, variants: VariantNames, path: Path, problems: Problems): void {
  if (!checkList(value, { least: 1, most: LIMITS.variants, of: 'weighted variants' }, path, problems)) return;
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
  if (sum !== null && (sum < 1 || sum > LIMITS.totalWeight)) {
    problems.add(path, 'bad_weight_sum', `Make the weights add up to 1 to ${LIMITS.totalWeight}, not ${sum}.`);
  }
}

/** The weight, null when it is not one. */
function checkWeighted(
  item: Members,
  variants: VariantNames,
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
  if (typeof weight === 'number' && Number.isInteger(weight) && weight >= 0 && weight <= LIMITS.totalWeight) {
    return weight;
  }
  problems.add(at(path, 'weight'), 'bad_weight', `Write a whole number from 0 to ${LIMITS.totalWeight}.`);
  return null;
}

function checkBucketing(value: unknown, path: Path, problems: Problems): void {
  if (!checkObject(value, BUCKETING, path, problems)) return;
  if (value.algorithm !== undefined && value.algorithm !== 'murmur3/1') {
    problems.add(at(path, 'algorithm'), 'unknown_algorithm', 'Write "murmur3/1".');
  }
  if (value.salt !== undefined) checkSalt(value.salt, at(path, 'salt'), problems);
  checkAttribute(value.attribute, at(path, 'attribute'), problems);
  if (value.missing !== undefined && !MISSING.has(value.missing)) {
    problems.add(at(path, 'missing'), 'unknown_missing', 'Write "error", "firstVariant" or "fallThrough".');
  }
}

function checkSalt(value: unknown, path: Path, problems: Problems): void {
  if (!checkText(value, { least: 0, most: LIMITS.saltLength }, path, problems)) return;
  if (/\p{Surrogate}/u.test(value)) {
    const message = 'Remove half characters (lone surrogates): they have no bytes that every language agrees on.';
    problems.add(path, 'ill_formed_text', message);
  }
}
