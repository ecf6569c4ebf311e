import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Ruleset } from './content.ts';
import { evaluate } from './evaluate.ts';
import type { Rollout } from './model.ts';
import { prepare } from './ruleset.ts';

const RUNS = { numRuns: 2_000 };

/** A flag that splits into variants a, b and c by these weights. */
function split(weights: readonly number[]): Ruleset {
  const variants = ['a', 'b', 'c'].flatMap((variant, index) => ({ variant, weight: weights[index] ?? 0 }));
  const rollout: Rollout = { variants, bucketing: { algorithm: 'murmur3/1' } };
  const document = { key: 'f', type: 'number', enabled: true, variants: { a: 1, b: 2, c: 3 }, default: { rollout } };
  const checked = prepare([{ kind: 'flag', key: 'f', json: JSON.stringify(document) }]);
  if (!checked.ok) throw new Error(JSON.stringify(checked.problems));
  return checked.value;
}

const variantOf = (ruleset: Ruleset, targetingKey: string) => evaluate(ruleset, 'f', { targetingKey }).variant;
const users = fc.array(fc.string({ unit: 'binary' }), { minLength: 20 });

describe('a rollout', () => {
  it('takes nobody out of its first variant when that grows and the total stays', () => {
    const weight = fc.integer({ min: 1, max: 700_000_000 });
    const part = fc.double({ min: 0, max: 1, noNaN: true });
    const property = fc.property(fc.tuple(weight, weight, weight), part, users, ([a, b, c], moved, keys) => {
      const growth = Math.floor(b * moved);
      const before = split([a, b, c]);
      const after = split([a + growth, b - growth, c]);
      for (const key of keys) {
        const was = variantOf(before, key);
        if (was !== 'b') expect(variantOf(after, key)).toBe(was);
      }
    });
    fc.assert(property, RUNS);
  });

  it('moves nobody when all weights are multiplied', () => {
    const weight = fc.integer({ min: 1, max: 1_000 });
    const factor = fc.integer({ min: 2, max: 700_000 });
    const property = fc.property(fc.tuple(weight, weight, weight), factor, users, (weights, times, keys) => {
      const before = split(weights);
      const after = split(weights.map((one) => one * times));
      for (const key of keys) expect(variantOf(after, key)).toBe(variantOf(before, key));
    });
    fc.assert(property, RUNS);
  });
});
