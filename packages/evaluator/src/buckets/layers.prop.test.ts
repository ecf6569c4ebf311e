import { readFileSync } from 'node:fs';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CASES_TIMEOUT_MS, casesOf } from '../../test-support/cases.ts';
import type { Ruleset } from '../rulesets/content.ts';
import { evaluate } from '../evaluate.ts';
import type { Bucketing, BucketingAlgorithm, FlagConfiguration, Segment } from '../model.ts';
import { prepare } from '../rulesets/ruleset.ts';

const PRECISIONS: readonly (readonly [BucketingAlgorithm, number])[] = [
  ['murmur3/1', 1_000],
  ['murmur3/1', 100],
  ['murmur3/1', 77],
  ['sha1-launchdarkly', 100_000],
  ['murmur3-unleash', 1_000],
  ['fnv-growthbook/1', 1_000],
  ['fnv-growthbook/2', 10_000],
];

type Json = Record<string, unknown>;

function load(flags: readonly Json[], segments: readonly Json[] = []): Ruleset {
  const flag = (one: Json) => ({ kind: 'flag' as const, key: String(one['key']), json: JSON.stringify(one) });
  const segment = (one: Json) => ({ kind: 'segment' as const, key: String(one['key']), json: JSON.stringify(one) });
  const checked = prepare([...flags.map(flag), ...segments.map(segment)]);
  if (!checked.ok) throw new Error(JSON.stringify(checked.problems));
  return checked.value;
}

/** A flag whose rule decides for those in a part of the layer. */
function experiment(key: string, bucket: Bucketing, of: number, from: number, to: number): Json {
  const rule = { id: 'experiment', conditions: [{ bucket, of, from, to }], serve: { variant: 'on' } };
  const variants = { on: true, off: false };
  return { key, type: 'boolean', enabled: true, variants, rules: [rule], default: { variant: 'off' } };
}

const isIn = (ruleset: Ruleset, flag: string, targetingKey: string) =>
  evaluate(ruleset, flag, { targetingKey }).rule === 'experiment';

describe('a layer', () => {
  it('puts every user into exactly one of the experiments that divide it among them', {
    timeout: CASES_TIMEOUT_MS,
  }, () => {
    const layer = fc.constantFrom(...PRECISIONS).chain(([algorithm, of]) =>
      fc.record({
        algorithm: fc.constant(algorithm),
        of: fc.constant(of),
        salt: fc.string({ maxLength: 12 }),
        cuts: fc.uniqueArray(fc.integer({ min: 1, max: of - 1 }), { minLength: 1, maxLength: 5 }),
      }),
    );
    const users = fc.array(fc.string({ unit: 'binary', minLength: 1 }), { minLength: 20, maxLength: 20 });
    const property = fc.property(layer, users, ({ algorithm, of, salt, cuts }, keys) => {
      const borders = [0, ...cuts.sort((a, b) => a - b), of];
      const names = cuts.map((_, index) => `flag-${index}`).concat('flag-last');
      const flags = names.map((name, index) =>
        experiment(name, { algorithm, salt }, of, borders[index] ?? 0, borders[index + 1] ?? 0),
      );
      const ruleset = load(flags);
      const lost = keys.filter((key) => names.filter((name) => isIn(ruleset, name, key)).length !== 1);
      expect(lost).toEqual([]);
    });
    fc.assert(property, casesOf(20));
  });
});

describe('the example in the prose', () => {
  const prose = readFileSync(new URL('../../../../spec/bucketing/README.md', import.meta.url), 'utf8');
  const examples = [...prose.matchAll(/```json\n(.*?)```/gs)].map(([, text]) => JSON.parse(text ?? '') as unknown);
  const first = examples[0] as FlagConfiguration;
  const holdout = examples[1] as Segment;
  const text = JSON.stringify(first);
  const copyOf = (changes: readonly (readonly [string, string])[]) =>
    JSON.parse(changes.reduce((json, [from, to]) => json.replaceAll(from, to), text)) as Json;
  const keys = Array.from({ length: 100_000 }, (_, index) => `user-${index}`);

  it('never shares a user between two experiments, nor between one and the holdout', () => {
    const second = copyOf([
      ['checkout-button', 'checkout-copy'],
      ['"from":0,"to":400', '"from":400,"to":700'],
    ]);
    const probe = { ...experiment('probe', { algorithm: 'murmur3/1' }, 1, 0, 1), rules: [] as Json[] };
    probe.rules = [{ id: 'experiment', conditions: [{ segment: holdout.key }], serve: { variant: 'on' } }];
    const ruleset = load([copyOf([]), second, probe], [{ ...holdout }]);
    const places = keys.map((key) =>
      ['checkout-button', 'checkout-copy', 'probe'].map((flag) => isIn(ruleset, flag, key)),
    );
    expect(places.filter((found) => found.filter(Boolean).length > 1)).toEqual([]);
    const counts = [0, 1, 2].map((index) => places.filter((found) => found[index]).length);
    const expected = [0.4 * 0.95, 0.3 * 0.95, 0.05];
    for (const [index, count] of counts.entries()) expect(count / keys.length).toBeCloseTo(expected[index] ?? 0, 2);
  });

  it('splits evenly within an experiment, but not at all with the salt of the layer', () => {
    const served = (flag: Json) => {
      const ruleset = load([flag], [{ ...holdout }]);
      const answers = keys.map((targetingKey) => evaluate(ruleset, 'checkout-button', { targetingKey }));
      const inside = answers.filter(({ rule }) => rule === 'experiment');
      return inside.filter(({ variant }) => variant === 'new').length / inside.length;
    };
    expect(served(copyOf([]))).toBeCloseTo(0.5, 1);
    expect(served(copyOf([['"salt":"checkout-button"', '"salt":"layer/checkout"']]))).toBe(0);
  });
});
