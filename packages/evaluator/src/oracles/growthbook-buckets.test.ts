import { GrowthBookClient } from '@growthbook/growthbook';
import * as fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { ORACLE_KEYS, ORACLE_TIMEOUT_MS, sample, saltedKeys, SEED } from '../../test-support/oracle-keys.ts';
import { type BucketBucketer, bucketOf, hashable, prepareBucketer } from '../buckets/bucketing.ts';

const client = new GrowthBookClient();
afterAll(() => client.destroy());

const PRECISION = { 1: 1_000, 2: 10_000 };
type Version = keyof typeof PRECISION;
const VERSIONS: readonly Version[] = [1, 2];

/** The bucket that GrowthBook names in the result of an experiment; null: it cannot bucket this user. */
function theirBucket(version: Version, seed: string, id: unknown): number | null {
  const experiment = { key: 'none', seed, hashVersion: version, variations: [0, 1] as [number, number] };
  const { bucket, hashUsed } = client.runInlineExperiment(experiment, { attributes: { id } });
  return hashUsed !== true || bucket === undefined ? null : bucket * PRECISION[version];
}

function ourBucket(version: Version, salt: string, text: string): number {
  const bucketing = { algorithm: `fnv-growthbook/${version}`, salt } as const;
  return bucketOf(prepareBucketer(bucketing, 'none', PRECISION[version]) as BucketBucketer, text);
}

describe.each(VERSIONS)(`GrowthBook and fnv-growthbook/%d, ${ORACLE_KEYS} keys of seed ${SEED}`, (version) => {
  it('find the same bucket for ASCII', { timeout: ORACLE_TIMEOUT_MS }, () => {
    for (const { salt, key } of saltedKeys()) {
      expect(theirBucket(version, salt, key), `${salt}, ${key}`).toBeCloseTo(ourBucket(version, salt, key), 6);
    }
  });

  it('find the same bucket for any other text', { timeout: ORACLE_TIMEOUT_MS }, () => {
    for (const key of sample(fc.string({ unit: 'binary', minLength: 1 }), ORACLE_KEYS)) {
      expect(theirBucket(version, 'größe', key), key).toBeCloseTo(ourBucket(version, 'größe', key), 6);
    }
    for (const key of ['日本', '😀', '\ud83d', '\ude00a']) {
      expect(theirBucket(version, '日本', key), key).toBeCloseTo(ourBucket(version, '日本', key), 6);
    }
  });

  it('hash a number as the same text', () => {
    for (const number of sample(fc.oneof(fc.integer(), fc.double({ noNaN: true })), 1_000).filter(Boolean)) {
      const text = hashable(`fnv-growthbook/${version}`, number);
      expect(theirBucket(version, 'seed', number), String(number)).toBeCloseTo(
        ourBucket(version, 'seed', text ?? ''),
        6,
      );
    }
    expect(theirBucket(version, 'seed', true)).toBeCloseTo(ourBucket(version, 'seed', 'true'), 6);
  });

  it('both take empty text, 0, false and null for a missing attribute', () => {
    for (const value of ['', 0, -0, false, null, undefined]) {
      expect(theirBucket(version, 'seed', value)).toBe(null);
      expect(hashable(`fnv-growthbook/${version}`, value)).toBe(null);
    }
  });
});
