import type { Rollout } from '@flaghoist/evaluator';
import { describe, expect, it } from 'vitest';
import {
  addShare,
  beginRollout,
  finerTotal,
  percentDigits,
  percentText,
  removeShare,
  scaleTo,
  setWeight,
  splitEqually,
  weightOf,
} from './rollout.ts';

const rollout = (...weights: readonly number[]): Rollout => ({
  variants: weights.map((weight, index) => ({ variant: 'abcd'.charAt(index), weight })),
  bucketing: { algorithm: 'murmur3/1' },
});
const weightsOf = ({ variants }: Rollout) => variants.map(({ weight }) => weight);

describe('a percentage', () => {
  it.each([
    [25, 100, '25 %'],
    [1, 1_000, '0.1 %'],
    [12_345, 100_000, '12.345 %'],
    [1, 3, '≈ 33.33 %'],
    [1, 8, '12.5 %'],
    [0, 100, '0 %'],
    [7, 7, '100 %'],
    [1, 2_147_483_647, '< 0.01 %'],
    [2_147_483_647, 2_147_483_647, '100 %'],
  ])('of %i in %i is %s', (weight, total, text) => {
    expect(percentText(weight, total)).toBe(text);
  });

  it.each([
    [100, 0],
    [1_000, 1],
    [10_000, 2],
    [100_000, 3],
    [10, 0],
    [7, 2],
  ])('of a total of %i has %i digits', (total, digits) => {
    expect(percentDigits(total)).toBe(digits);
  });
});

describe('setting a weight', () => {
  it('gives the rest to the only other variant', () => {
    expect(weightsOf(setWeight(rollout(10, 90), 'a', 25))).toEqual([25, 75]);
  });
  it('takes from the others in proportion', () => {
    expect(weightsOf(setWeight(rollout(10, 60, 30), 'a', 40))).toEqual([40, 40, 20]);
  });
  it('gives to the others equally when they have nothing', () => {
    expect(weightsOf(setWeight(rollout(100, 0, 0), 'a', 1))).toEqual([1, 50, 49]);
  });
  it('leaves locked weights, and stops where they leave no room', () => {
    expect(weightsOf(setWeight(rollout(10, 60, 30), 'a', 100, ['b']))).toEqual([40, 60, 0]);
  });
  it('does nothing when everything else is locked, or there is nothing else', () => {
    expect(weightsOf(setWeight(rollout(10, 90), 'a', 20, ['b']))).toEqual([10, 90]);
    expect(weightsOf(setWeight(rollout(10), 'a', 5))).toEqual([10]);
  });
  it('never changes the sum, whatever it is', () => {
    expect(weightsOf(setWeight(rollout(1, 1, 1), 'a', 2))).toEqual([2, 1, 0]);
  });
});

describe('a rollout', () => {
  it('begins by serving to everybody what was served before', () => {
    expect(weightsOf(beginRollout('off', ['on', 'off']))).toEqual([0, 100_000]);
  });
  it('is split equally to the last unit', () => {
    expect(weightsOf(splitEqually(rollout(98, 1, 1)))).toEqual([34, 33, 33]);
  });
  it('keeps its sum when a variant goes', () => {
    expect(weightsOf(removeShare(rollout(20, 60, 20), 'b'))).toEqual([50, 50]);
    expect(weightsOf(removeShare(rollout(20, 60, 20), 'b', ['a']))).toEqual([20, 80]);
    expect(weightsOf(removeShare(rollout(20, 60, 20), 'b', ['a', 'c']))).toEqual([50, 50]);
  });
  it('moves nobody when a variant comes', () => {
    expect(addShare(rollout(100), 'd').variants).toEqual([
      { variant: 'a', weight: 100 },
      { variant: 'd', weight: 0 },
    ]);
  });
  it('can be divided finer only where that deals nobody anew', () => {
    expect(finerTotal(rollout(25, 75))).toBe(100_000);
    expect(weightsOf(scaleTo(rollout(25, 75), 100_000))).toEqual([25_000, 75_000]);
    expect(finerTotal(rollout(1, 2))).toBeNull();
    expect(finerTotal({ ...rollout(25, 75), bucketing: { algorithm: 'murmur3-unleash' } })).toBeNull();
    expect(finerTotal({ ...rollout(250, 750), bucketing: { algorithm: 'fnv-growthbook/1' } })).toBeNull();
  });
  it('turns a percentage into the nearest whole weight', () => {
    expect(weightOf(12.5, 100)).toBe(13);
    expect(weightOf(12.5, 1_000)).toBe(125);
    expect(weightOf(120, 100)).toBe(100);
  });
});
