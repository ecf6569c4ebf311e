import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import {
  type BucketBucketer,
  bucketOf,
  hashable,
  launchDarklyShare,
  prepareBucketer,
  scale,
  type ShareBucketer,
  shareOf,
} from './bucketing.ts';
import { fnv1a } from './fnv.ts';
import type { Bucketing, BucketingAlgorithm } from '../model.ts';

interface Joined {
  readonly salt: string;
  readonly value: string;
}

interface Cut {
  readonly saltCodeUnits: readonly number[];
  readonly valueCodeUnits: readonly number[];
}

interface VectorFile<Result> {
  readonly algorithm: BucketingAlgorithm;
  readonly vectors: readonly (Joined & Result)[];
  readonly codeUnitVectors: readonly (Cut & Result)[];
  readonly values: readonly { readonly value: unknown; readonly text: string | null }[];
}

function read(name: string): unknown {
  return JSON.parse(readFileSync(new URL(`../../../../spec/bucketing/${name}.json`, import.meta.url), 'utf8'));
}

/** All vectors of a file with salt and value as text. */
function texts<Result>(file: VectorFile<Result>): readonly (Joined & Result)[] {
  const cut = file.codeUnitVectors.map((vector) => ({
    ...vector,
    salt: String.fromCharCode(...vector.saltCodeUnits),
    value: String.fromCharCode(...vector.valueCodeUnits),
  }));
  return [...file.vectors, ...cut];
}

const whole = (bucketing: Bucketing, precision: number) =>
  prepareBucketer(bucketing, 'not-this-salt', precision) as BucketBucketer;

type Bucketed = { readonly buckets: readonly { readonly total: number; readonly bucket: number }[] };
type Shared = VectorFile<{ readonly sha1: string; readonly share: number }> & {
  readonly shares: readonly { readonly bits: string; readonly share: number }[];
};
const murmur3 = read('murmur3-1') as VectorFile<Bucketed>;
const launchDarkly = read('sha1-launchdarkly') as Shared;
const unleash = read('murmur3-unleash') as VectorFile<Bucketed & { readonly seed: number }>;
const growthBook1 = read('fnv-growthbook-1') as VectorFile<{ readonly hash: number; readonly bucket: number }>;
const growthBook2 = read('fnv-growthbook-2') as VectorFile<{
  readonly inner: number;
  readonly hash: number;
  readonly bucket: number;
}>;

describe('the frozen vectors', () => {
  it.each([murmur3, launchDarkly, unleash, growthBook1, growthBook2])('of $algorithm are many', (file) => {
    expect(file.vectors.length).toBeGreaterThanOrEqual(80);
    expect(file.codeUnitVectors.length).toBeGreaterThanOrEqual(8);
    // oxlint-disable-next-line no-control-regex -- what is not ASCII is what is counted
    expect(file.vectors.filter(({ value }) => /[^\u0000-\u007f]/u.test(value)).length).toBeGreaterThanOrEqual(25);
  });

  it.each(texts(murmur3))('of murmur3/1: $salt, $value', ({ salt, value, buckets }) => {
    const found = buckets.map(({ total }) => bucketOf(whole({ algorithm: 'murmur3/1', salt }, total), value));
    expect(found).toEqual(buckets.map(({ bucket }) => bucket));
  });

  it.each(texts(launchDarkly))('of sha1-launchdarkly: $salt, $value', ({ salt, value, sha1, share }) => {
    const bucketer = prepareBucketer({ algorithm: 'sha1-launchdarkly', salt }, 'not-this-salt', 100_000);
    expect(launchDarklyShare(bucketer as ShareBucketer, value)).toBe(share);
    expect(Number(BigInt(`0x${sha1.slice(0, 15)}`)) / 2 ** 60).toBe(share);
  });

  it.each(launchDarkly.shares)('of sha1-launchdarkly: bits $bits are the share $share', ({ bits, share }) => {
    const high = Number.parseInt(bits.slice(0, 8), 16);
    const low = Number.parseInt(bits.slice(8), 16) * 16;
    expect(shareOf({ high, low })).toBe(share);
    expect(shareOf({ high, low: low + 15 })).toBe(share);
  });

  it.each(texts(unleash))('of murmur3-unleash: $salt, $value, seed $seed', ({ salt, value, seed, buckets }) => {
    const bucketing: Bucketing = { algorithm: 'murmur3-unleash', salt, seed };
    expect(buckets.map(({ total }) => bucketOf(whole(bucketing, total), value))).toEqual(
      buckets.map(({ bucket }) => bucket),
    );
    if (seed === 0)
      expect(bucketOf(whole({ algorithm: 'murmur3-unleash', salt }, 100), value)).toBe(buckets[3]?.bucket);
  });

  it.each(texts(growthBook1))('of fnv-growthbook/1: $salt, $value', ({ salt, value, hash, bucket }) => {
    expect(bucketOf(whole({ algorithm: 'fnv-growthbook/1', salt }, 1_000), value)).toBe(bucket);
    expect(fnv1a(value + salt)).toBe(hash);
  });

  it.each(texts(growthBook2))('of fnv-growthbook/2: $salt, $value', ({ salt, value, inner, hash, bucket }) => {
    expect(bucketOf(whole({ algorithm: 'fnv-growthbook/2', salt }, 10_000), value)).toBe(bucket);
    expect([fnv1a(salt + value), fnv1a(String(inner))]).toEqual([inner, hash]);
  });

  it('hold what the vendors publish or their SDKs were seen to answer', () => {
    const share = (salt: string, value: string) =>
      launchDarkly.vectors.find((vector) => vector.salt === salt && vector.value === value)?.share;
    expect(share('hashKey.saltyA', 'userKeyA')).toBeCloseTo(0.42157587, 7);
    expect(share('hashKey.saltyA', '99999')).toBeCloseTo(0.7309658, 7);
    expect(share('61', 'userKeyC')).toBeCloseTo(0.9242641, 7);
    const place = (salt: string, value: string, seed: number, total: number) =>
      bucketOf(whole({ algorithm: 'murmur3-unleash', salt, seed }, total), value) + 1;
    expect([place('gr1', '123', 0, 100), place('gr1', '123', 86_028_157, 1_000)]).toEqual([73, 796]);
    expect([place('groupX', '999', 0, 100), place('groupX', '999', 86_028_157, 1_000)]).toEqual([25, 260]);
    expect(place('gr1', 'ünïcode', 0, 100)).toBe(24);
    expect(bucketOf(whole({ algorithm: 'fnv-growthbook/1', salt: '' }, 1_000), 'a')).toBe(220);
    expect(bucketOf(whole({ algorithm: 'fnv-growthbook/1', salt: 'b' }, 1_000), 'a')).toBe(946);
  });
});

describe('the value that is hashed', () => {
  it.each(
    [launchDarkly, unleash, growthBook1, growthBook2].flatMap(({ algorithm, values }) =>
      values.map((one) => ({ algorithm, ...one })),
    ),
  )('of $algorithm for $value is $text', ({ algorithm, value, text }) => {
    expect(hashable(algorithm, value)).toBe(text);
  });

  it('is a string and nothing else in murmur3/1', () => {
    for (const text of ['', 'a', '日本']) expect(hashable('murmur3/1', text)).toBe(text);
    for (const value of [0, 1, true, false, null, undefined, [], {}, ['a']]) {
      expect(hashable('murmur3/1', value)).toBe(null);
    }
  });

  it('is none where there is no attribute', () => {
    for (const { algorithm } of [launchDarkly, unleash, growthBook1, growthBook2]) {
      expect(hashable(algorithm, undefined)).toBe(null);
    }
  });
});

describe('a bucketing contract', () => {
  it('takes the key it stands under where it names no salt, and the targeting key where it names no attribute', () => {
    const bucketer = prepareBucketer({ algorithm: 'murmur3/1' }, 'checkout', 100);
    expect(bucketer.prefix).toBe('checkout');
    expect(bucketer.attribute.path).toBe('targetingKey');
    expect(bucketer.fallback).toBe(null);
    const named = prepareBucketer({ algorithm: 'murmur3/1', salt: 'checkout' }, 'other', 100);
    expect(bucketOf(bucketer as BucketBucketer, 'user-1')).toBe(bucketOf(named as BucketBucketer, 'user-1'));
  });

  it('keeps an empty salt, and the order of what it falls back to', () => {
    const bucketing: Bucketing = { algorithm: 'murmur3/1', salt: '', attribute: 'a.b', fallback: ['c', 'd.e'] };
    const bucketer = prepareBucketer(bucketing, 'checkout', 100);
    expect(bucketer.prefix).toBe('');
    expect(bucketer.attribute.steps).toEqual(['a', 'b']);
    expect(bucketer.fallback?.map(({ path }) => path)).toEqual(['c', 'd.e']);
    expect(prepareBucketer({ algorithm: 'murmur3/1', fallback: [] }, 'checkout', 100).fallback).toBe(null);
  });
});

describe('scale', () => {
  it.each([
    [0, 1, 0],
    [0xffffffff, 1, 0],
    [0xffffffff, 100, 99],
    [0x7fffffff, 2, 0],
    [0x80000000, 2, 1],
    [0xffffffff, 2_147_483_647, 2_147_483_646],
    // As doubles, the products of these round up across the border of a bucket.
    [2_147_483_649, 2_147_483_647, 1_073_741_823],
    [2_825_636_379, 2_147_483_629, 1_412_818_176],
    [2_226_617_417, 1_000_000_007, 518_424_769],
  ])('puts hash %d of total %d into bucket %d', (hash, total, bucket) => {
    expect(BigInt(bucket)).toBe((BigInt(hash) * BigInt(total)) >> 32n);
    expect(scale(hash, total)).toBe(bucket);
  });
});
