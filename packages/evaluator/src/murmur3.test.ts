import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { murmur3, murmur3Of, prepareSalt } from './murmur3.ts';
import { bucketOf } from './rollout.ts';

interface Hashed {
  readonly hash: number;
  readonly buckets: readonly { readonly total: number; readonly bucket: number }[];
}

interface Vectors {
  readonly vectors: readonly (Hashed & { readonly salt: string; readonly value: string })[];
  readonly codeUnitVectors: readonly (Hashed & {
    readonly saltCodeUnits: readonly number[];
    readonly valueCodeUnits: readonly number[];
  })[];
}

const file = new URL('../../../spec/bucketing/murmur3-1.json', import.meta.url);
const spec = JSON.parse(readFileSync(file, 'utf8')) as Vectors;

function expectVector(salt: string, value: string, { hash, buckets }: Hashed): void {
  expect(murmur3(salt + value)).toBe(hash);
  expect(murmur3Of(prepareSalt(salt), value)).toBe(hash);
  expect(buckets.map(({ total }) => ({ total, bucket: bucketOf(hash, total) }))).toEqual(buckets);
}

describe('the frozen vectors of murmur3/1', () => {
  it('hold at least forty of each kind of text and totals up to the largest', () => {
    expect(spec.vectors.length).toBeGreaterThanOrEqual(40);
    expect(spec.vectors.every(({ buckets }) => buckets.at(-1)?.total === 2_147_483_647)).toBe(true);
  });

  it.each(spec.vectors)('hash $salt and $value to $hash', (vector) => {
    expectVector(vector.salt, vector.value, vector);
  });

  it.each(spec.codeUnitVectors)('hash code units $saltCodeUnits and $valueCodeUnits to $hash', (vector) => {
    const { saltCodeUnits, valueCodeUnits } = vector;
    expectVector(String.fromCharCode(...saltCodeUnits), String.fromCharCode(...valueCodeUnits), vector);
  });

  it('hold what flagd publishes for its fractional operator', () => {
    expect(murmur3('fractional-flag-shorthandjon@company.com')).toBe(618_039_204);
    expect(bucketOf(618_039_204, 100)).toBe(14);
    expect(murmur3('fractional-flag-shorthandjane@company.com')).toBe(2_316_038_310);
    expect(bucketOf(2_316_038_310, 100)).toBe(53);
    expect(murmur3('日本')).toBe(3_302_619_458);
  });
});

describe('bucketOf', () => {
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
    expect(bucketOf(hash, total)).toBe(bucket);
  });
});
