/** How a context becomes a bucket. `spec/bucketing/README.md` is the contract. */
import { type Attribute, prepareAttribute, TARGETING_KEY } from '../conditions/attribute.ts';
import { fnv1a } from './fnv.ts';
import type { Bucketing, BucketingAlgorithm } from '../model.ts';
import { murmur3Of, prepareSalt, type Salt } from './murmur3.ts';
import { sha1, type Sha1Start } from './sha1.ts';

interface Contract {
  /** What is hashed before the value, as text; of `fnv-growthbook/1` after it. */
  readonly prefix: string;
  /** `prefix`, hashed by murmur3 with the seed of the contract. */
  readonly salt: Salt;
  readonly attribute: Attribute;
  /** Asked in turn when the attributes before have no value that is hashed; null: none. */
  readonly fallback: readonly Attribute[] | null;
  /** Into how many buckets everybody is divided. */
  readonly precision: number;
}

/** A bucketing contract that gives whole buckets: see `bucketOf`. */
export interface BucketBucketer extends Contract {
  readonly algorithm: Exclude<BucketingAlgorithm, 'sha1-launchdarkly'>;
}

/** LaunchDarkly's contract, which gives a share of everybody: see `launchDarklyShare`. */
export interface ShareBucketer extends Contract {
  readonly algorithm: 'sha1-launchdarkly';
}

export type Bucketer = BucketBucketer | ShareBucketer;

/** What stands between salt and value in the text that is hashed. */
const JOINTS: { readonly [algorithm in BucketingAlgorithm]: string } = {
  'murmur3/1': '',
  'sha1-launchdarkly': '.',
  'murmur3-unleash': ':',
  'fnv-growthbook/1': '',
  'fnv-growthbook/2': '',
};

/**
 * Throws for an algorithm that there is not: its check has refused it.
 *
 * `fallbackSalt`: the key of the flag or segment that the contract stands in. `precision`: the sum of a rollout's
 * weights, or the `of` of a bucket condition.
 */
export function prepareBucketer(bucketing: Bucketing, fallbackSalt: string, precision: number): Bucketer {
  const { algorithm, salt = fallbackSalt, seed = 0, attribute, fallback } = bucketing;
  if (!Object.hasOwn(JOINTS, algorithm) || !Number.isInteger(precision)) throw new TypeError(algorithm);
  const prefix = salt + JOINTS[algorithm];
  return {
    algorithm,
    prefix,
    salt: prepareSalt(prefix, algorithm === 'murmur3-unleash' ? seed : 0),
    attribute: attribute === undefined ? TARGETING_KEY : prepareAttribute(attribute),
    fallback: fallback === undefined || fallback.length === 0 ? null : fallback.map(prepareAttribute),
    precision,
  };
}

/** The salt by itself. */
export function saltOf({ algorithm, prefix }: Bucketer): string {
  return prefix.slice(0, prefix.length - JOINTS[algorithm].length);
}

/** The text that is hashed for an attribute's value; null when this algorithm hashes no such value. */
export function hashable(algorithm: BucketingAlgorithm, value: unknown): string | null {
  if (algorithm === 'murmur3/1') return typeof value === 'string' ? value : null;
  if (algorithm === 'sha1-launchdarkly') {
    return typeof value === 'string' ? value : Number.isSafeInteger(value) ? String(value) : null;
  }
  if (typeof value === 'string') return value === '' ? null : value;
  if (typeof value !== 'number' && typeof value !== 'boolean') return null;
  // 0 and false are values to Unleash, and missing attributes to GrowthBook.
  return algorithm === 'murmur3-unleash' || Boolean(value) ? String(value) : null;
}

/** The bucket of a hashable text: a whole number from 0 to the precision - 1. */
export function bucketOf(bucketer: BucketBucketer, text: string): number {
  const { algorithm, precision } = bucketer;
  if (algorithm === 'murmur3/1') return scale(murmur3Of(bucketer.salt, text), precision);
  if (algorithm === 'murmur3-unleash') return murmur3Of(bucketer.salt, text) % precision;
  if (algorithm === 'fnv-growthbook/1') return fnv1a(bucketer.prefix, fnv1a(text)) % precision;
  return fnv1a(String(fnv1a(text, fnv1a(bucketer.prefix)))) % precision;
}

/** The place of a hashable text, 0 to 1: see `shareOf`. */
export function launchDarklyShare(bucketer: ShareBucketer, text: string): number {
  return shareOf(sha1(bucketer.prefix + text));
}

/**
 * The first 60 bits of a digest, over 2^60, both as doubles. Like in LaunchDarkly's SDKs it can be 1, by rounding, about
 * once in 2^54 texts.
 */
export function shareOf({ high, low }: Sha1Start): number {
  // Both parts are exact; their sum is rounded once, to the nearest double, as the 60 bits in one number would be.
  return (high * 0x10000000 + (low >>> 4)) / 0x1000000000000000;
}

/**
 * floor(hash * total / 2^32), exactly, for an unsigned 32-bit `hash` and a `total` of 1 to 2^31 - 1.
 *
 * The product can exceed 2^53, so it is taken in two halves of the hash, each exact:
 * floor((high * 2^16 + low) * total / 2^32) = floor((high * total + floor(low * total / 2^16)) / 2^16).
 */
export function scale(hash: number, total: number): number {
  const low = Math.floor(((hash & 0xffff) * total) / 0x10000);
  return Math.floor(((hash >>> 16) * total + low) / 0x10000);
}
