import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { scale } from './bucketing.ts';
import { murmur3, murmur3Of, prepareSalt } from './murmur3.ts';

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

const file = new URL('../../../../spec/bucketing/murmur3-1.json', import.meta.url);
const spec = JSON.parse(readFileSync(file, 'utf8')) as Vectors;

function expectVector(salt: string, value: string, { hash, buckets }: Hashed): void {
  expect(murmur3(salt + value)).toBe(hash);
  expect(murmur3Of(prepareSalt(salt), value)).toBe(hash);
  expect(buckets.map(({ total }) => ({ total, bucket: scale(hash, total) }))).toEqual(buckets);
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
    expect(scale(618_039_204, 100)).toBe(14);
    expect(murmur3('fractional-flag-shorthandjane@company.com')).toBe(2_316_038_310);
    expect(scale(2_316_038_310, 100)).toBe(53);
    expect(murmur3('日本')).toBe(3_302_619_458);
  });
});

describe('a seed', () => {
  it('changes the hash as published test values of MurmurHash3 say', () => {
    expect(murmur3Of(prepareSalt('', 1), '')).toBe(0x514e28b7);
    expect(murmur3Of(prepareSalt('', 0xffffffff), '')).toBe(0x81f16f39);
    expect(murmur3Of(prepareSalt('', 0x9747b28c), 'aaaa')).toBe(0x5a97808a);
    expect(murmur3Of(prepareSalt('Hello, ', 0x9747b28c), 'world!')).toBe(0x24884cba);
  });
});
