import { checkAttribute } from './check-attribute.ts';
import { checkBoolean, checkList, checkObject, checkText, isWhole, type Members, shape } from './check-json.ts';
import { LIMITS } from '../limits.ts';
import type { BucketingAlgorithm } from '../model.ts';
import { at, type Path, type Problems, quote } from './problems.ts';

const BUCKET_CONDITION = shape('a bucket condition', ['bucket', 'of', 'from', 'to'], ['negate']);
const CONTRACT_MEMBERS = ['salt', 'seed', 'attribute', 'fallback'];
const BUCKETING = shape('the bucketing of a bucket condition', ['algorithm'], CONTRACT_MEMBERS);
const ROLLOUT_BUCKETING = shape('the bucketing of a rollout', ['algorithm'], [...CONTRACT_MEMBERS, 'missing']);

const MISSING: ReadonlySet<unknown> = new Set(['error', 'firstVariant', 'fallThrough']);
const FALLBACKS = { least: 0, most: LIMITS.fallbacks, of: 'attribute paths' } as const;
const SALT = { least: 0, most: LIMITS.saltLength } as const;
const MAX_SEED = 0xffffffff;

/** The precisions that the algorithms' makers fixed; null: any from 1 to `LIMITS.totalWeight`. */
const PRECISIONS: ReadonlyMap<unknown, number | null> = new Map<BucketingAlgorithm, number | null>([
  ['murmur3/1', null],
  ['sha1-launchdarkly', 100_000],
  ['murmur3-unleash', null],
  ['fnv-growthbook/1', 1_000],
  ['fnv-growthbook/2', 10_000],
]);

/** The only precision of an algorithm; null when it has any, or is unknown. */
export function fixedPrecision(algorithm: unknown): number | null {
  return PRECISIONS.get(algorithm) ?? null;
}

/** Checks the bucketing contract of a rollout. */
export function checkRolloutBucketing(value: unknown, path: Path, problems: Problems): void {
  if (!checkObject(value, ROLLOUT_BUCKETING, path, problems)) return;
  checkContract(value, path, problems);
  if (value.missing !== undefined && !MISSING.has(value.missing)) {
    problems.add(at(path, 'missing'), 'unknown_missing', 'Write "error", "firstVariant" or "fallThrough".');
  }
}

export function checkBucketCondition(value: Members, path: Path, problems: Problems): void {
  checkObject(value, BUCKET_CONDITION, path, problems);
  const { bucket, of, from, to, negate } = value;
  if (checkObject(bucket, BUCKETING, at(path, 'bucket'), problems)) {
    checkContract(bucket, at(path, 'bucket'), problems);
    checkRange(of, from, to, fixedPrecision(bucket.algorithm), path, problems);
  }
  if (negate !== undefined) checkBoolean(negate, at(path, 'negate'), problems);
}

function checkRange(of: unknown, from: unknown, to: unknown, fixed: number | null, path: Path, problems: Problems) {
  if (of !== undefined && !(fixed === null ? isWhole(of, 1, LIMITS.totalWeight) : of === fixed)) {
    const wanted = fixed === null ? `a whole number from 1 to ${LIMITS.totalWeight}` : `${fixed}`;
    problems.add(at(path, 'of'), 'bad_precision', `Write ${wanted}: the algorithm has no other precision.`);
    return;
  }
  const end = typeof of === 'number' ? of : LIMITS.totalWeight;
  if (from !== undefined && !isWhole(from, 0, end - 1)) {
    problems.add(at(path, 'from'), 'bad_range', 'Write a whole number from 0 to "of" - 1.');
  } else if (to !== undefined && !isWhole(to, typeof from === 'number' ? from + 1 : 1, end)) {
    problems.add(at(path, 'to'), 'bad_range', 'Write a whole number from "from" + 1 to "of".');
  }
}

function checkContract(value: Members, path: Path, problems: Problems): void {
  const { algorithm, salt, seed, attribute, fallback } = value;
  if (algorithm !== undefined && !PRECISIONS.has(algorithm)) {
    const message = `Write one of ${[...PRECISIONS.keys()].join(', ')}.`;
    problems.add(at(path, 'algorithm'), 'unknown_algorithm', message);
  }
  if (salt !== undefined) checkSalt(salt, at(path, 'salt'), problems);
  if (seed !== undefined) checkSeed(seed, algorithm, at(path, 'seed'), problems);
  if (attribute !== undefined) checkAttribute(attribute, at(path, 'attribute'), problems);
  if (fallback !== undefined) checkFallback(fallback, at(path, 'fallback'), problems);
}

function checkSalt(value: unknown, path: Path, problems: Problems): void {
  if (!checkText(value, SALT, path, problems)) return;
  if (/\p{Surrogate}/u.test(value)) {
    const message = 'Remove half characters (lone surrogates): they have no bytes that every language agrees on.';
    problems.add(path, 'ill_formed_text', message);
  }
}

function checkSeed(value: unknown, algorithm: unknown, path: Path, problems: Problems): void {
  if (algorithm !== 'murmur3-unleash' && PRECISIONS.has(algorithm)) {
    problems.add(path, 'bad_seed', `Remove the seed: ${quote(String(algorithm))} has none.`);
  } else if (!isWhole(value, 0, MAX_SEED)) {
    problems.add(path, 'bad_seed', `Write a whole number from 0 to ${MAX_SEED}.`);
  }
}

function checkFallback(value: unknown, path: Path, problems: Problems): void {
  if (!checkList(value, FALLBACKS, path, problems)) return;
  for (let index = 0; index < value.length; index++) checkAttribute(value[index], at(path, index), problems);
}
