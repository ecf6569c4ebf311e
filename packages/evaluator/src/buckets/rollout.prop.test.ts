import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CASES_TIMEOUT_MS, casesOf } from '../../test-support/cases.ts';
import type { Ruleset } from '../rulesets/content.ts';
import { evaluate } from '../evaluate.ts';
import type { BucketingAlgorithm, FlagConfiguration, Rollout } from '../model.ts';
import { prepare } from '../rulesets/ruleset.ts';

const LONG = { timeout: CASES_TIMEOUT_MS };
/** Users in each run, at the least. */
const USERS = 20;

/** Sums of weights; null: any. */
const PRECISIONS: { readonly [algorithm in BucketingAlgorithm]: number | null } = {
  'murmur3/1': null,
  'sha1-launchdarkly': 100_000,
  'murmur3-unleash': null,
  'fnv-growthbook/1': 1_000,
  'fnv-growthbook/2': 10_000,
};
const ALGORITHMS = Object.keys(PRECISIONS) as BucketingAlgorithm[];

function prepared(members: Partial<FlagConfiguration>): Ruleset {
  const document = { key: 'f', type: 'number', enabled: true, variants: { a: 1, b: 2, c: 3 }, ...members };
  const checked = prepare([{ kind: 'flag', key: 'f', json: JSON.stringify(document) }]);
  if (!checked.ok) throw new Error(JSON.stringify(checked.problems));
  return checked.value;
}

/** A flag that splits into variants a, b and c by these weights. */
function split(weights: readonly number[], algorithm: BucketingAlgorithm = 'murmur3/1', salt?: string): Ruleset {
  const variants = ['a', 'b', 'c'].flatMap((variant, index) => ({ variant, weight: weights[index] ?? 0 }));
  const rollout: Rollout = { variants, bucketing: { algorithm, ...(salt === undefined ? {} : { salt }) } };
  return prepared({ default: { rollout } });
}

const variantOf = (ruleset: Ruleset, targetingKey: string) => evaluate(ruleset, 'f', { targetingKey }).variant;
const users = fc.array(fc.string({ unit: 'binary', minLength: 1 }), { minLength: USERS });
const part = fc.double({ min: 0, max: 1, noNaN: true });

/** An algorithm, and three weights that it allows. */
const contract = fc.constantFrom(...ALGORITHMS).chain((algorithm) => {
  const precision = PRECISIONS[algorithm];
  if (precision === null) {
    const weight = fc.integer({ min: 1, max: 700_000_000 });
    return fc.record({ algorithm: fc.constant(algorithm), weights: fc.tuple(weight, weight, weight) });
  }
  const cut = fc.integer({ min: 0, max: precision });
  const weights = fc.tuple(cut, cut).map(([one, other]): [number, number, number] => {
    const [low, high] = [Math.min(one, other), Math.max(one, other)];
    return [low, high - low, precision - high];
  });
  return fc.record({ algorithm: fc.constant(algorithm), weights });
});

describe('a rollout', () => {
  it('takes nobody out of the variant that grew, and of none but its neighbour, while the total stays', LONG, () => {
    const property = fc.property(contract, part, users, ({ algorithm, weights: [a, b, c] }, moved, keys) => {
      const growth = Math.floor(b * moved);
      const before = split([a, b, c], algorithm);
      const after = split([a + growth, b - growth, c], algorithm);
      for (const key of keys) {
        const was = variantOf(before, key);
        if (was !== 'b') expect(variantOf(after, key)).toBe(was);
      }
    });
    fc.assert(property, casesOf(USERS));
  });

  it('moves nobody when all weights are multiplied', LONG, () => {
    const weight = fc.integer({ min: 1, max: 1_000 });
    const factor = fc.integer({ min: 2, max: 700_000 });
    const property = fc.property(fc.tuple(weight, weight, weight), factor, users, (weights, times, keys) => {
      const before = split(weights);
      const after = split(weights.map((one) => one * times));
      for (const key of keys) expect(variantOf(after, key)).toBe(variantOf(before, key));
    });
    fc.assert(property, casesOf(USERS));
  });

  it.each(ALGORITHMS)('by %s gives each variant its share of 1,000,000 keys, within half a percent', (algorithm) => {
    const total = PRECISIONS[algorithm] ?? 1_000;
    const shares = { a: 0.5, b: 0.3, c: 0.2 };
    const ruleset = split(
      Object.values(shares).map((share) => share * total),
      algorithm,
      'shares',
    );
    const counts: Record<string, number> = { a: 0, b: 0, c: 0 };
    for (let user = 0; user < 1_000_000; user++) {
      const variant = variantOf(ruleset, `user-${user}`) ?? 'none';
      counts[variant] = (counts[variant] ?? 0) + 1;
    }
    for (const [variant, share] of Object.entries(shares)) {
      expect(Math.abs((counts[variant] ?? 0) / 1_000_000 - share)).toBeLessThan(0.005);
    }
  });
});
