import type { AttributeCondition, Condition, Operator, Rule, Serve } from '@flaghoist/evaluator';
import { describe, expect, it } from 'vitest';
import type { Configuration } from '../draft/configuration.ts';
import { describeDifferences } from './change-words.ts';
import { conditionWords } from './condition-words.ts';
import { defaultWords, offWords, prerequisiteWords, ruleWords } from './serve-words.ts';
import { textOf } from './span.ts';

const said = (condition: Condition): string => textOf(conditionWords(condition));
const test = (
  operator: Operator,
  values: AttributeCondition['values'],
  more: Partial<AttributeCondition> = {},
): string => said({ attribute: 'x', operator, values, ...more });

describe('a condition in words', () => {
  it.each<[Operator, AttributeCondition['values'], string, string]>([
    ['in', ['DE'], 'x is DE', 'x is not DE'],
    ['in', ['DE', 'AT'], 'x is one of DE, AT', 'x is none of DE, AT'],
    ['contains', ['a'], 'x contains a', 'x does not contain a'],
    ['startsWith', ['a', 'b'], 'x starts with one of a, b', 'x starts with none of a, b'],
    ['endsWith', ['a'], 'x ends with a', 'x does not end with a'],
    ['matches', ['^a+$'], 'x matches /^a+$/', 'x does not match /^a+$/'],
    ['lessThan', [5], 'x is less than 5', 'x is not less than 5'],
    ['lessOrEqual', [5], 'x is at most 5', 'x is not at most 5'],
    ['greaterThan', [5], 'x is greater than 5', 'x is not greater than 5'],
    ['greaterOrEqual', [5], 'x is at least 5', 'x is not at least 5'],
    ['semverEqual', ['1.2.3'], 'x is version 1.2.3', 'x is not version 1.2.3'],
    ['semverLessThan', ['1.2.3'], 'x is a version before 1.2.3', 'x is not a version before 1.2.3'],
    ['semverLessOrEqual', ['1.2.3'], 'x is version 1.2.3 or earlier', 'x is not version 1.2.3 or earlier'],
    ['semverGreaterThan', ['1.2.3'], 'x is a version after 1.2.3', 'x is not a version after 1.2.3'],
    ['semverGreaterOrEqual', ['1.2.3'], 'x is version 1.2.3 or later', 'x is not version 1.2.3 or later'],
    ['semverSameMajor', ['1.2.3'], 'x has the major version of 1.2.3', 'x has another major version than 1.2.3'],
    [
      'semverSameMinor',
      ['1.2.3'],
      'x has the major and minor version of 1.2.3',
      'x has another major or minor version than 1.2.3',
    ],
    [
      'before',
      ['2026-03-01T09:30:00+01:00'],
      'x is before 1 Mar 2026, 08:30 UTC',
      'x is not before 1 Mar 2026, 08:30 UTC',
    ],
    ['after', [0], 'x is after 1 Jan 1970, 00:00 UTC', 'x is not after 1 Jan 1970, 00:00 UTC'],
    ['inIpRange', ['10.0.0.0/8'], 'x is in the address range 10.0.0.0/8', 'x is not in the address range 10.0.0.0/8'],
    ['exists', [], 'x is present', 'x is absent'],
  ])('of %s %j', (operator, values, words, negated) => {
    expect(test(operator, values)).toBe(words);
    expect(test(operator, values, { negate: true })).toBe(negated);
  });

  it('shows which type a value has', () => {
    expect(test('in', ['5', 5, 'true', true, 'a b', '', ' a'])).toBe(
      'x is one of “5”, 5, “true”, true, a b and 2 more',
    );
    expect(test('in', ['', ' a', 'a,b'])).toBe('x is one of “”, “ a”, “a,b”');
  });

  it('says how it is read', () => {
    expect(test('in', ['a'], { ignoreCase: true, dialect: 'unleash' })).toBe(
      'x is a (in any case, as unleash reads it)',
    );
  });

  it('says what is not written yet', () => {
    expect(said({ attribute: '', operator: 'in', values: [] })).toBe('… is …');
  });

  it('of segments, buckets, groups and the time', () => {
    expect(said({ segment: 's' })).toBe('the context is in segment s');
    expect(said({ segment: 's', negate: true })).toBe('the context is not in segment s');
    expect(said({ bucket: { algorithm: 'murmur3/1' }, of: 100, from: 0, to: 10 })).toBe(
      'the context is among 10 % of targetingKey',
    );
    expect(
      said({
        bucket: { algorithm: 'murmur3/1', salt: 'L', attribute: 'org', fallback: ['id'] },
        of: 1000,
        from: 100,
        to: 125,
        negate: true,
      }),
    ).toBe('the context is not among 2.5 % of org or else id (from 10 % to 12.5 %) in layer L');
    expect(said({ group: 'any', conditions: [{ segment: 'a' }, { segment: 'b' }] })).toBe(
      '(the context is in segment a or the context is in segment b)',
    );
    expect(said({ group: 'none', conditions: [{ segment: 'a' }] })).toBe('not (the context is in segment a)');
    expect(said({ attribute: '$now', operator: 'after', values: [0] })).toBe('the time is after 1 Jan 1970, 00:00 UTC');
  });
});

const quarter = {
  rollout: {
    variants: [
      { variant: 'on', weight: 25 },
      { variant: 'off', weight: 75 },
    ],
    bucketing: { algorithm: 'murmur3/1', attribute: 'company.key' },
  },
} satisfies Serve;

describe('sentences', () => {
  it('of a rule', () => {
    const rule = {
      id: 'r',
      conditions: [
        { attribute: 'country', operator: 'in' as const, values: ['DE', 'AT'] },
        { attribute: 'plan', operator: 'in' as const, values: ['free'], negate: true },
      ],
      serve: quarter,
    };
    expect(textOf(ruleWords(rule))).toBe(
      'Serves on to 25 % and off to 75 % of company.key where country is one of DE, AT and plan is not free',
    );
  });
  it('of the rest', () => {
    expect(textOf(defaultWords({ variant: 'on' }))).toBe('Everybody else gets on');
    expect(textOf(defaultWords(quarter))).toBe('Serves everybody else on to 25 % and off to 75 % of company.key');
    expect(textOf(offWords(null))).toBe('When it is off, code uses its own default');
    expect(textOf(prerequisiteWords({ flag: 'f', variants: ['a', 'b', 'c'] }))).toBe('Needs f to serve a, b or c');
  });
});

const [one, two, three] = [ruleFor('one'), ruleFor('two'), ruleFor('three')];

const base: Configuration = {
  enabled: false,
  variants: { on: true, off: false },
  offVariant: 'off',
  clientVisible: false,
  prerequisites: [{ flag: 'f', variants: ['on'] }],
  targets: [{ variant: 'on', keys: ['ada', 'bob'] }],
  rules: [one, two, three],
  default: { variant: 'off' },
};
const differences = (after: Partial<Configuration>): readonly string[] =>
  describeDifferences(base, { ...base, ...after }).map(({ words }) => textOf(words));

describe('what changed', () => {
  it('is nothing when nothing did', () => {
    expect(differences({})).toEqual([]);
  });

  it('of the switches', () => {
    expect(differences({ enabled: true, offVariant: null, clientVisible: true })).toEqual([
      'Turned on',
      'Off now serves nothing (code uses its own default), was off',
      'Client keys may now ask for it',
    ]);
  });

  it('of values, prerequisites and targets', () => {
    expect(
      differences({
        variants: { on: 1, off: false },
        prerequisites: [{ flag: 'g', variants: ['x'] }],
        targets: [
          { variant: 'on', keys: ['ada'] },
          { variant: 'off', keys: ['bob', 'a', 'b', 'c'] },
        ],
      }),
    ).toEqual([
      'Variant on is now 1, was true',
      'No longer needs f',
      'Now needs g to serve x',
      'Now targeted with off: bob, a, b and 1 more',
    ]);
  });

  it('of weights is one number', () => {
    const tenth = setFirstWeight(10);
    expect(differences({ rules: [one, { ...two, serve: tenth }, three] })).toEqual([
      'Rule 2 (two) now serves on to 10 %, was 25 %',
    ]);
    expect(differences({ default: quarter })).toEqual([
      'The default now serves on to 25 % and off to 75 % of company.key, was off',
    ]);
  });

  it('of a bucketing contract', () => {
    const other: Serve = { rollout: { ...quarter.rollout, bucketing: { algorithm: 'murmur3/1', salt: 's' } } };
    expect(differences({ rules: [{ ...one, serve: other }, two, three] })).toEqual([
      'Rule 1 (one) now deals people by targetingKey, was company.key and has another salt',
    ]);
  });

  it('of the order is as few moves as explain it', () => {
    expect(differences({ rules: [three, one, two] })).toEqual(['Rule 1 (three) was rule 3']);
  });

  it('of rules that came, went and were renamed', () => {
    expect(
      differences({
        rules: [{ ...one, id: 'eins' }, three, { id: 'new', conditions: [{ segment: 'n' }], serve: { variant: 'on' } }],
      }),
    ).toEqual([
      'Removed rule 2 (two): Serves on to 25 % and off to 75 % of company.key where the context is in segment two',
      'Rule 1 (eins) was called one',
      'Added rule 3 (new): Serves on where the context is in segment n',
    ]);
  });
});

function ruleFor(id: string): Rule {
  return { id, conditions: [{ segment: id }], serve: quarter };
}

function setFirstWeight(weight: number): Serve {
  return {
    rollout: {
      ...quarter.rollout,
      variants: [
        { variant: 'on', weight },
        { variant: 'off', weight: 100 - weight },
      ],
    },
  };
}
