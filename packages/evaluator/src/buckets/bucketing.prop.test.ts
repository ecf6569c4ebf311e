import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { anyText } from '../../test-support/any-text.ts';
import { placeOf, readBucketValue } from '../../test-support/reference-buckets.ts';
import {
  type BucketBucketer,
  type Bucketer,
  bucketOf,
  hashable,
  launchDarklyShare,
  prepareBucketer,
  scale,
} from './bucketing.ts';
import type { Bucketing, BucketingAlgorithm } from '../model.ts';

const RUNS = { numRuns: 5_000 };
const ALGORITHMS: readonly BucketingAlgorithm[] = [
  'murmur3/1',
  'sha1-launchdarkly',
  'murmur3-unleash',
  'fnv-growthbook/1',
  'fnv-growthbook/2',
];
const LARGEST = 2_147_483_647;

const seed = fc.integer({ min: 0, max: 0xffffffff });
const precision = fc.oneof(
  fc.constantFrom(1, 100, 1_000, 10_000, 100_000, LARGEST),
  fc.integer({ min: 1, max: LARGEST }),
);
const bucketing = fc.record(
  { algorithm: fc.constantFrom(...ALGORITHMS), salt: anyText, seed },
  { requiredKeys: ['algorithm'] },
);

const place = (bucketer: Bucketer, text: string) =>
  bucketer.algorithm === 'sha1-launchdarkly'
    ? { part: launchDarklyShare(bucketer, text) }
    : { bucket: bucketOf(bucketer, text) };

describe('every algorithm', () => {
  it('gives any text the place that a slow implementation in big integers gives it', () => {
    const property = fc.property(bucketing, anyText, anyText, precision, (contract, own, value, of) => {
      const expected = placeOf(contract, own, value, of);
      expect(place(prepareBucketer(contract, own, of), value)).toEqual(expected);
    });
    fc.assert(property, RUNS);
  });

  it('hashes the values that the prose names, and no others', () => {
    const property = fc.property(fc.constantFrom(...ALGORITHMS), fc.jsonValue(), (algorithm, value) => {
      expect(hashable(algorithm, value)).toBe(readBucketValue(algorithm, value));
    });
    fc.assert(property, RUNS);
  });

  it('gives a place within its bounds', () => {
    const property = fc.property(bucketing, anyText, precision, (contract, value, of) => {
      const found = place(prepareBucketer(contract, 'own', of), value);
      if ('part' in found) return found.part >= 0 && found.part <= 1;
      return Number.isInteger(found.bucket) && found.bucket >= 0 && found.bucket < of;
    });
    fc.assert(property, RUNS);
  });
});

describe('scale', () => {
  it('is the exact quotient for every hash and total', () => {
    const hash = fc.integer({ min: 0, max: 0xffffffff });
    const total = fc.integer({ min: 1, max: LARGEST });
    fc.assert(
      fc.property(hash, total, (h, t) => BigInt(scale(h, t)) === (BigInt(h) * BigInt(t)) >> 32n),
      RUNS,
    );
  });
});

describe('a million keys', () => {
  const contracts: readonly Bucketing[] = [
    { algorithm: 'murmur3/1' },
    { algorithm: 'sha1-launchdarkly' },
    { algorithm: 'murmur3-unleash' },
    { algorithm: 'murmur3-unleash', seed: 86_028_157 },
    { algorithm: 'fnv-growthbook/1' },
    { algorithm: 'fnv-growthbook/2' },
  ];
  const precisions = { 'fnv-growthbook/1': 1_000, 'fnv-growthbook/2': 10_000 };

  it.each(contracts)(
    'are spread over ten parts within half a per cent of everybody: $algorithm, seed $seed',
    (contract) => {
      const { algorithm } = contract;
      const of = algorithm in precisions ? precisions[algorithm as keyof typeof precisions] : 100_000;
      const bucketer = prepareBucketer(contract, 'checkout', of);
      const counts = new Uint32Array(10);
      for (let index = 0; index < 1_000_000; index++) {
        const key = `user-${index}`;
        const share =
          bucketer.algorithm === 'sha1-launchdarkly' ? launchDarklyShare(bucketer, key) : bucketOf(bucketer, key) / of;
        const part = Math.floor(share * 10);
        counts[part] = (counts[part] ?? 0) + 1;
      }
      const shares = [...counts].map((count) => count / 1_000_000);
      expect(Math.max(...shares.map((share) => Math.abs(share - 0.1)))).toBeLessThan(0.005);
    },
  );
});

describe('two salts that are much alike', () => {
  /** The part of those in the first half under one salt who are there under the other as well. */
  function overlap(algorithm: BucketingAlgorithm, of: number): number {
    const [first, second] = ['exp-1', 'exp-2'].map(
      (salt) => prepareBucketer({ algorithm }, salt, of) as BucketBucketer,
    );
    if (first === undefined || second === undefined) return 0;
    const keys = Array.from({ length: 200_000 }, (_, index) => `user-${index}`);
    const inFirst = keys.filter((key) => bucketOf(first, key) < of / 2);
    return inFirst.filter((key) => bucketOf(second, key) < of / 2).length / inFirst.length;
  }

  it('give independent buckets, except by GrowthBook’s first hash', () => {
    expect(overlap('murmur3/1', 1_000)).toBeCloseTo(0.5, 2);
    expect(overlap('murmur3-unleash', 1_000)).toBeCloseTo(0.5, 2);
    expect(overlap('fnv-growthbook/2', 10_000)).toBeCloseTo(0.5, 2);
    expect(overlap('fnv-growthbook/1', 1_000)).toBeCloseTo(0.474, 3);
  });
});
