import { describe, expect, it } from 'vitest';
import {
  CONDITION,
  findings,
  type Json,
  many,
  nestGroups,
  parsed,
  withCondition,
  withRule,
  withTest,
} from '../../test-support/flag-documents.ts';
import { type Bad, describeRefusals } from '../../test-support/refusals.ts';
import { checkFlag } from './check-flag.ts';
import { LIMITS } from '../limits.ts';
import type { RegexEngine } from '../model.ts';

const engine: RegexEngine = {
  compile(pattern, ignoreCase) {
    const expression = new RegExp(pattern, ignoreCase ? 'iu' : 'u');
    return (text) => expression.test(text);
  },
};

const withBucket = (members: Json): Json =>
  withCondition({ bucket: { algorithm: 'murmur3/1' }, of: 100, from: 0, to: 50, ...members });

const C = '$.rules[0].conditions[0]';

const bad: readonly Bad[] = [
  ['a condition that is a text', withRule({ conditions: ['plan'] }), `${C} not_an_object`],
  ['a condition about nothing', withRule({ conditions: [{}] }), `${C} bad_condition`],
  ['a condition about two things', withTest({ segment: 's' }), `${C} bad_condition`],
  ['a condition with an unknown member', withTest({ name: 'x' }), `${C}.name unknown_member`],
  [
    'a condition without operator and values',
    withRule({ conditions: [{ attribute: 'a' }] }),
    `${C}.operator missing_member`,
    `${C}.values missing_member`,
  ],
  ['an unknown operator', withTest({ operator: 'equals' }), `${C}.operator unknown_operator`],
  ['an operator that is an inherited name', withTest({ operator: 'constructor' }), `${C}.operator unknown_operator`],
  ['a negate that is no boolean', withTest({ negate: 'no' }), `${C}.negate not_a_boolean`],
  ['values that are no list', withTest({ values: 'pro' }), `${C}.values not_a_list`],
  ['no values for in', withTest({ values: [] }), `${C}.values too_few`],
  ['too many values', withTest({ values: many(100_001, String) }), `${C}.values too_many`],
  ['null among the values', withTest({ values: ['a', null] }), `${C}.values[1] wrong_operand`],
  ['a list among the values', withTest({ values: [['a']] }), `${C}.values[0] wrong_operand`],
  ['an infinite value', withTest({ values: [parsed('1e999')] }), `${C}.values[0] not_finite`],
  ['a value that is too long', withTest({ values: ['x'.repeat(1_025)] }), `${C}.values[0] too_long`],
  ['no values for contains', withTest({ operator: 'contains', values: [] }), `${C}.values too_few`],
  ['a number for contains', withTest({ operator: 'contains', values: [5] }), `${C}.values[0] wrong_operand`],
  [
    'a boolean for startsWith',
    withTest({ operator: 'startsWith', values: ['a', true] }),
    `${C}.values[1] wrong_operand`,
  ],
  ['a number for endsWith', withTest({ operator: 'endsWith', values: [1] }), `${C}.values[0] wrong_operand`],
  ['no value for lessThan', withTest({ operator: 'lessThan', values: [] }), `${C}.values too_few`],
  ['two values for lessOrEqual', withTest({ operator: 'lessOrEqual', values: [1, 2] }), `${C}.values too_many`],
  ['a text for greaterThan', withTest({ operator: 'greaterThan', values: ['5'] }), `${C}.values[0] wrong_operand`],
  [
    'a boolean for greaterOrEqual',
    withTest({ operator: 'greaterOrEqual', values: [true] }),
    `${C}.values[0] wrong_operand`,
  ],
  ['a value for exists', withTest({ operator: 'exists', values: [true] }), `${C}.values too_many`],
  ['an empty attribute path', withTest({ attribute: '' }), `${C}.attribute empty_text`],
  ['a number as attribute path', withTest({ attribute: 5 }), `${C}.attribute not_a_text`],
  ['an attribute path that is too long', withTest({ attribute: 'x'.repeat(257) }), `${C}.attribute too_long`],
  ['an attribute path that begins with a dot', withTest({ attribute: '.a' }), `${C}.attribute bad_attribute`],
  ['an attribute path with two dots', withTest({ attribute: 'a..b' }), `${C}.attribute bad_attribute`],
  ['an attribute path that ends with a dot', withTest({ attribute: 'a.' }), `${C}.attribute bad_attribute`],
  ['an attribute path through __proto__', withTest({ attribute: '__proto__.x' }), `${C}.attribute bad_attribute`],
  ['an attribute path through constructor', withTest({ attribute: 'a.constructor' }), `${C}.attribute bad_attribute`],
  ['an attribute path through prototype', withTest({ attribute: 'a.prototype.b' }), `${C}.attribute bad_attribute`],
  ['an unknown dialect', withTest({ dialect: 'flipt' }), `${C}.dialect unknown_dialect`],
  ['an ignoreCase that is no boolean', withTest({ ignoreCase: 'yes' }), `${C}.ignoreCase not_a_boolean`],
  [
    'an ignoreCase where there is none',
    withTest({ operator: 'lessThan', values: [1], ignoreCase: true }),
    `${C}.ignoreCase forbidden_member`,
  ],
  [
    'an ignoreCase of false for a version',
    withTest({ operator: 'semverEqual', values: ['1.0.0'], ignoreCase: false }),
    `${C}.ignoreCase forbidden_member`,
  ],
  [
    'too many values for contains',
    withTest({ operator: 'contains', values: many(1_001, String) }),
    `${C}.values too_many`,
  ],
  ['no pattern', withTest({ operator: 'matches', values: [] }), `${C}.values too_few`],
  [
    'patterns in too many conditions',
    withRule({
      conditions: many(2, (index) => ({ ...CONDITION, operator: 'matches', values: many(26, () => `p${index}`) })),
    }),
    '$.rules[0].conditions[1].values too_many',
  ],
  [
    'texts to try in too many conditions',
    withRule({ conditions: many(3, () => ({ ...CONDITION, operator: 'contains', values: many(700, String) })) }),
    '$.rules[0].conditions[2].values too_many',
  ],
  ['too many patterns', withTest({ operator: 'matches', values: many(33, String) }), `${C}.values too_many`],
  ['a number as pattern', withTest({ operator: 'matches', values: [5] }), `${C}.values[0] wrong_operand`],
  [
    'a pattern that is too long',
    withTest({ operator: 'matches', values: ['a', 'x'.repeat(513)] }),
    `${C}.values[1] too_long`,
  ],
  [
    'a pattern that does not compile',
    withTest({ operator: 'matches', values: ['a', '(b'] }),
    `${C}.values[1] bad_pattern`,
  ],
  ['a version of two numbers', withTest({ operator: 'semverEqual', values: ['1.2'] }), `${C}.values[0] bad_version`],
  ['a version with a v', withTest({ operator: 'semverLessThan', values: ['v1.2.3'] }), `${C}.values[0] bad_version`],
  [
    'a lenient version in the dialect of Unleash',
    withTest({ operator: 'semverEqual', values: ['1.2'], dialect: 'unleash' }),
    `${C}.values[0] bad_version`,
  ],
  [
    'no version in the dialect of flagd',
    withTest({ operator: 'semverEqual', values: ['latest'], dialect: 'flagd' }),
    `${C}.values[0] bad_version`,
  ],
  ['a number as version', withTest({ operator: 'semverSameMajor', values: [1] }), `${C}.values[0] wrong_operand`],
  [
    'two versions to compare with',
    withTest({ operator: 'semverGreaterThan', values: ['1.0.0', '2.0.0'] }),
    `${C}.values too_many`,
  ],
  [
    'a version that is too long',
    withTest({ operator: 'semverEqual', values: [`1.0.0-${'a'.repeat(1_024)}`] }),
    `${C}.values[0] too_long`,
  ],
  ['a day as date-time', withTest({ operator: 'before', values: ['2026-03-01'] }), `${C}.values[0] bad_date_time`],
  [
    'a time without offset',
    withTest({ operator: 'after', values: ['2026-03-01T00:00:00'] }),
    `${C}.values[0] bad_date_time`,
  ],
  ['a boolean as date-time', withTest({ operator: 'after', values: [true] }), `${C}.values[0] wrong_operand`],
  ['an infinite date-time', withTest({ operator: 'before', values: [parsed('1e999')] }), `${C}.values[0] not_finite`],
  ['two date-times', withTest({ operator: 'before', values: [1, 2] }), `${C}.values too_many`],
  ['a name as IP range', withTest({ operator: 'inIpRange', values: ['localhost'] }), `${C}.values[0] bad_ip_range`],
  [
    'an IP range with too many bits',
    withTest({ operator: 'inIpRange', values: ['10.0.0.0/8', '10.0.0.0/33'] }),
    `${C}.values[1] bad_ip_range`,
  ],
  ['a number as IP range', withTest({ operator: 'inIpRange', values: [10] }), `${C}.values[0] wrong_operand`],
  ['an attribute that only we could set', withTest({ attribute: '$today' }), `${C}.attribute bad_attribute`],
  ['an attribute below the moment', withTest({ attribute: '$now.year' }), `${C}.attribute bad_attribute`],
  ['a segment that is no key', withCondition({ segment: 'a b' }), `${C}.segment bad_key`],
  ['a segment condition with values', withCondition({ segment: 's', values: [] }), `${C}.values unknown_member`],
  ['a segment condition with a bad negate', withCondition({ segment: 's', negate: 0 }), `${C}.negate not_a_boolean`],
  ['an unknown group', withCondition({ group: 'some', conditions: [CONDITION] }), `${C}.group unknown_group`],
  ['a group without conditions', withCondition({ group: 'all' }), `${C}.conditions missing_member`],
  ['a group with an empty list', withCondition({ group: 'all', conditions: [] }), `${C}.conditions too_few`],
  [
    'a negated group',
    withCondition({ group: 'all', conditions: [CONDITION], negate: true }),
    `${C}.negate unknown_member`,
  ],
  [
    'groups nested too deep',
    withCondition(nestGroups(LIMITS.groupDepth + 1)),
    `${C}${'.conditions[0]'.repeat(LIMITS.groupDepth)} too_deep`,
  ],
  [
    'too many conditions in groups',
    withCondition({ group: 'any', conditions: many(1_000, () => CONDITION) }),
    `${C}.conditions too_many`,
  ],
  ['a bucket that is a text', withBucket({ bucket: 'user' }), `${C}.bucket not_an_object`],
  [
    'a bucket condition without members',
    withCondition({ bucket: {} }),
    ...['of', 'from', 'to'].map((name) => `${C}.${name} missing_member`),
    `${C}.bucket.algorithm missing_member`,
  ],
  ['a bucket condition with a group', withBucket({ group: 'all' }), `${C} bad_condition`],
  [
    'a bucket condition that says what missing means',
    withBucket({ bucket: { algorithm: 'murmur3/1', missing: 'error' } }),
    `${C}.bucket.missing unknown_member`,
  ],
  ['a bucket condition with a bad negate', withBucket({ negate: 1 }), `${C}.negate not_a_boolean`],
  ['a bucket condition with an unknown member', withBucket({ values: [] }), `${C}.values unknown_member`],
  ['no buckets', withBucket({ of: 0 }), `${C}.of bad_precision`],
  ['half a bucket', withBucket({ of: 10.5 }), `${C}.of bad_precision`],
  ['more buckets than a hash divides into', withBucket({ of: 2_147_483_648 }), `${C}.of bad_precision`],
  ['a text as precision', withBucket({ of: '100' }), `${C}.of bad_precision`],
  ['a range from below', withBucket({ from: -1 }), `${C}.from bad_range`],
  ['a range from a half', withBucket({ from: 0.5 }), `${C}.from bad_range`],
  ['a range from the end', withBucket({ from: 100, to: 100 }), `${C}.from bad_range`],
  ['an empty range', withBucket({ from: 5, to: 5 }), `${C}.to bad_range`],
  ['a range that runs back', withBucket({ from: 5, to: 4 }), `${C}.to bad_range`],
  ['a range beyond the end', withBucket({ to: 101 }), `${C}.to bad_range`],
  ['a text as end of a range', withBucket({ to: '100' }), `${C}.to bad_range`],
  ...(
    [
      ['sha1-launchdarkly', 100_000],
      ['fnv-growthbook/1', 1_000],
      ['fnv-growthbook/2', 10_000],
    ] as const
  ).map(
    ([algorithm, of]): Bad => [
      `another precision than the ${of} of ${algorithm}`,
      withBucket({ bucket: { algorithm }, of: of + 1 }),
      `${C}.of bad_precision`,
    ],
  ),
];

describeRefusals('a condition is refused:', bad, (document) => checkFlag(document, engine), 400);

describe('a condition is refused:', () => {
  it('with what the engine says about a pattern', () => {
    const checked = checkFlag(withTest({ operator: 'matches', values: ['a(?=b'] }), {
      compile: () => {
        throw new Error('no lookahead');
      },
    });
    expect(checked.ok ? [] : checked.problems[0]?.message).toContain('no lookahead');
  });
});

const fine: readonly [string, Json][] = [
  ['groups as deep as allowed', withCondition(nestGroups(LIMITS.groupDepth))],
  ['as many values as allowed', withTest({ values: many(100_000, String) })],
  ['a value as long as allowed', withTest({ values: ['x'.repeat(1_024)] })],
  ['a pattern as long as allowed', withTest({ operator: 'matches', values: ['x'.repeat(512)] })],
  ['values of all types', withTest({ values: ['', 0, -1.5, true, false] })],
  ['texts in any case', withTest({ ignoreCase: true })],
  ['parts of texts in any case', withTest({ operator: 'contains', ignoreCase: true })],
  ['the dialect of Unleash', withTest({ dialect: 'unleash', values: ['1', 2] })],
  ['as many patterns as allowed', withTest({ operator: 'matches', values: many(32, String), ignoreCase: true })],
  ['an empty pattern', withTest({ operator: 'matches', values: [''] })],
  ['several versions', withTest({ operator: 'semverEqual', values: ['1.0.0', '2.0.0-rc.1+build.5'] })],
  ['a lenient version of flagd', withTest({ operator: 'semverSameMinor', values: ['v1.2'], dialect: 'flagd' })],
  ['a date-time as text', withTest({ operator: 'before', values: ['2026-03-01T09:30:00.5+01:00'] })],
  ['a date-time as number', withTest({ attribute: '$now', operator: 'after', values: [-1.5] })],
  [
    'addresses and blocks',
    withTest({ operator: 'inIpRange', values: ['10.0.0.1', '10.0.0.0/8', '::1', '2001:db8::/32'] }),
  ],
  ['the moment’s attributes', withTest({ attribute: '$random', operator: 'exists', values: [] })],
  ['a dollar within a path', withTest({ attribute: 'price.$now' })],
  ['names that only look like prototypes', withTest({ attribute: 'prototypes.constructor_.a__proto__' })],
  [
    'a whole bucket condition',
    withBucket({ bucket: { algorithm: 'murmur3/1', salt: 's', attribute: 'a', fallback: ['b'] }, negate: true }),
  ],
  ['the last bucket', withBucket({ from: 99, to: 100 })],
  ['one bucket', withBucket({ of: 1, to: 1 })],
  ['as many buckets as there can be', withBucket({ of: 2_147_483_647, to: 2_147_483_647 })],
  ['a vendor’s precision', withBucket({ bucket: { algorithm: 'fnv-growthbook/2' }, of: 10_000, to: 1 })],
  ['a seed in a bucket condition', withBucket({ bucket: { algorithm: 'murmur3-unleash', seed: 1 } })],
];

describe('a condition is accepted:', () => {
  it.each(fine)('%s', (_, document) => {
    expect(findings(checkFlag(document, engine))).toEqual([]);
  });

  it('a pattern that nobody compiled, when no engine is handed in', () => {
    expect(findings(checkFlag(withTest({ operator: 'matches', values: ['(b'] })))).toEqual([]);
  });
});
