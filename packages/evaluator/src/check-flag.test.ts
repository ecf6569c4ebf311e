import { describe, expect, it } from 'vitest';
import { checkFlag } from './check-flag.ts';
import { LIMITS } from './limits.ts';

type Json = Record<string, unknown>;

const good: Json = {
  key: 'checkout',
  type: 'string',
  enabled: true,
  variants: { a: 'A', b: 'B' },
  default: { variant: 'a' },
};

const condition: Json = { attribute: 'plan', operator: 'in', values: ['pro'] };
const rule: Json = { id: 'r', conditions: [condition], serve: { variant: 'a' } };
const contract: Json = { algorithm: 'murmur3/1' };
const share: Json = { variant: 'a', weight: 1 };

const flag = (members: Json): Json => ({ ...good, ...members });
const without = (member: string): Json => Object.fromEntries(Object.entries(good).filter(([name]) => name !== member));
const withRule = (members: Json): Json => flag({ rules: [{ ...rule, ...members }] });
const withCondition = (members: Json): Json => withRule({ conditions: [{ ...condition, ...members }] });
const withGroup = (group: unknown): Json => withRule({ conditions: [group] });
const withRollout = (variants: unknown, bucketing: unknown = contract): Json =>
  flag({ default: { rollout: { variants, bucketing } } });
const parsed = (text: string): unknown => JSON.parse(text);
const many = <T>(count: number, item: (index: number) => T): T[] => Array.from({ length: count }, (_, i) => item(i));
const nest = (depth: number): unknown => (depth === 0 ? 1 : [nest(depth - 1)]);
const nestGroups = (depth: number): Json =>
  depth === 0 ? condition : { group: 'all', conditions: [nestGroups(depth - 1)] };

/** What is wrong, as `path code`, in the order it is found. */
function findings(document: unknown): string[] {
  const checked = checkFlag(document);
  return checked.ok ? [] : checked.problems.map(({ path, code }) => `${path} ${code}`);
}

const C = '$.rules[0].conditions[0]';
const B = '$.default.rollout.bucketing';
const W = '$.default.rollout.variants';

const bad: readonly [string, unknown, ...string[]][] = [
  ['null', null, '$ not_an_object'],
  ['a list', [], '$ not_an_object'],
  ['a string', 'flag', '$ not_an_object'],
  ['nothing', undefined, '$ not_an_object'],
  [
    'an empty object',
    {},
    ...['key', 'type', 'enabled', 'variants', 'default'].map((name) => `$.${name} missing_member`),
  ],
  ['an unknown member', flag({ prerequisites: [] }), '$.prerequisites unknown_member'],
  ['an unknown member with an odd name', flag({ 'a b': 1 }), '$["a b"] unknown_member'],
  [
    'its own __proto__',
    parsed(JSON.stringify(good).replace('{', '{"__proto__":{"enabled":true},')),
    '$.__proto__ unknown_member',
  ],
  ['a member called constructor', flag({ constructor: {} }), '$.constructor unknown_member'],
  ['no key', without('key'), '$.key missing_member'],
  ['a number as key', flag({ key: 5 }), '$.key not_a_text'],
  ['an empty key', flag({ key: '' }), '$.key bad_key'],
  ['a key with a space', flag({ key: 'a b' }), '$.key bad_key'],
  ['a key that ends a line', flag({ key: 'a\n' }), '$.key bad_key'],
  ['a key that begins with a dash', flag({ key: '-a' }), '$.key bad_key'],
  ['a key of 129 characters', flag({ key: 'k'.repeat(129) }), '$.key bad_key'],
  ['the key __proto__', flag({ key: '__proto__' }), '$.key bad_key'],
  ['an unknown type', flag({ type: 'json' }), '$.type unknown_type'],
  ['a type that is an inherited name', flag({ type: 'toString' }), '$.type unknown_type'],
  ['a text for enabled', flag({ enabled: 'true' }), '$.enabled not_a_boolean'],
  ['null for enabled', flag({ enabled: null }), '$.enabled not_a_boolean'],
  ['a number for clientVisible', flag({ clientVisible: 1 }), '$.clientVisible not_a_boolean'],
  ['a list of variants', flag({ variants: ['a'] }), '$.variants not_an_object'],
  ['no variants', flag({ variants: {} }), '$.variants too_few', '$.default.variant unknown_variant'],
  [
    'too many variants',
    flag({ variants: Object.fromEntries(many(101, (i) => [`a${i || ''}`, ''])) }),
    '$.variants too_many',
  ],
  ['a variant with a bad name', flag({ variants: { a: '', 'b!': '' } }), '$.variants["b!"] bad_key'],
  ['a variant called __proto__', flag({ variants: parsed('{"a":"","__proto__":""}') }), '$.variants.__proto__ bad_key'],
  ['a number in a string flag', flag({ variants: { a: 5 } }), '$.variants.a wrong_value_type'],
  ['null in a string flag', flag({ variants: { a: null } }), '$.variants.a wrong_value_type'],
  ['a text in a boolean flag', flag({ type: 'boolean', variants: { a: 'true' } }), '$.variants.a wrong_value_type'],
  ['a text in a number flag', flag({ type: 'number', variants: { a: '5' } }), '$.variants.a wrong_value_type'],
  ['an infinite number', flag({ type: 'number', variants: { a: parsed('1e999') } }), '$.variants.a not_finite'],
  ['null in an object flag', flag({ type: 'object', variants: { a: null } }), '$.variants.a wrong_value_type'],
  ['a text in an object flag', flag({ type: 'object', variants: { a: '{}' } }), '$.variants.a wrong_value_type'],
  [
    'an infinite number deep in a value',
    flag({ type: 'object', variants: { a: { b: [1, parsed('-1e999')] } } }),
    '$.variants.a.b[1] not_finite',
  ],
  [
    'a __proto__ deep in a value',
    flag({ type: 'object', variants: { a: parsed('{"b":[{"__proto__":{"c":1}}]}') } }),
    '$.variants.a.b[0].__proto__ forbidden_member',
  ],
  [
    'a value nested too deep',
    flag({ type: 'object', variants: { a: nest(LIMITS.valueDepth + 1) } }),
    `$.variants.a${'[0]'.repeat(LIMITS.valueDepth)} too_deep`,
  ],
  [
    'a value’s text that is too long',
    flag({ variants: { a: 'x'.repeat(LIMITS.variantTextLength + 1) } }),
    '$.variants.a too_long',
  ],
  ['an off variant that does not exist', flag({ offVariant: 'c' }), '$.offVariant unknown_variant'],
  ['an off variant that is an inherited name', flag({ offVariant: 'toString' }), '$.offVariant unknown_variant'],
  ['a number as off variant', flag({ offVariant: 1 }), '$.offVariant not_a_text'],
  ['an object as targets', flag({ targets: {} }), '$.targets not_a_list'],
  ['too many targets', flag({ targets: many(101, () => ({ variant: 'a', keys: [] })) }), '$.targets too_many'],
  [
    'a target without members',
    flag({ targets: [{}] }),
    '$.targets[0].variant missing_member',
    '$.targets[0].keys missing_member',
  ],
  ['a target that is a text', flag({ targets: ['a'] }), '$.targets[0] not_an_object'],
  [
    'a target of an unknown variant',
    flag({ targets: [{ variant: 'c', keys: [] }] }),
    '$.targets[0].variant unknown_variant',
  ],
  [
    'a target with an unknown member',
    flag({ targets: [{ variant: 'a', keys: [], values: [] }] }),
    '$.targets[0].values unknown_member',
  ],
  [
    'a number as targeting key',
    flag({ targets: [{ variant: 'a', keys: ['x', 5] }] }),
    '$.targets[0].keys[1] not_a_text',
  ],
  ['an empty targeting key', flag({ targets: [{ variant: 'a', keys: [''] }] }), '$.targets[0].keys[0] empty_text'],
  [
    'a targeting key that is too long',
    flag({ targets: [{ variant: 'a', keys: ['x'.repeat(1_025)] }] }),
    '$.targets[0].keys[0] too_long',
  ],
  [
    'too many targeting keys',
    flag({ targets: [{ variant: 'a', keys: many(100_001, String) }] }),
    '$.targets[0].keys too_many',
  ],
  [
    'a targeting key in two targets',
    flag({
      targets: [
        { variant: 'a', keys: ['x'] },
        { variant: 'b', keys: ['y', 'x'] },
      ],
    }),
    '$.targets[1].keys[1] duplicate_targeting_key',
  ],
  ['rules that are null', flag({ rules: null }), '$.rules not_a_list'],
  ['too many rules', flag({ rules: many(201, (i) => ({ ...rule, id: `r${i}` })) }), '$.rules too_many'],
  ['a rule that is null', flag({ rules: [null] }), '$.rules[0] not_an_object'],
  [
    'a rule without members',
    flag({ rules: [{}] }),
    ...['id', 'conditions', 'serve'].map((name) => `$.rules[0].${name} missing_member`),
  ],
  ['a rule with an unknown member', withRule({ enabled: true }), '$.rules[0].enabled unknown_member'],
  ['a bad rule id', withRule({ id: 'r 1' }), '$.rules[0].id bad_key'],
  ['two rules with one id', flag({ rules: [rule, rule] }), '$.rules[1].id duplicate_rule'],
  ['a description that is no text', withRule({ description: 5 }), '$.rules[0].description not_a_text'],
  ['a description that is too long', withRule({ description: 'x'.repeat(4_097) }), '$.rules[0].description too_long'],
  ['a rule without conditions', withRule({ conditions: [] }), '$.rules[0].conditions too_few'],
  ['conditions that are no list', withRule({ conditions: condition }), '$.rules[0].conditions not_a_list'],
  [
    'too many conditions in one rule',
    withRule({ conditions: many(1_001, () => condition) }),
    '$.rules[0].conditions too_many',
  ],
  [
    'too many conditions in all rules',
    flag({ rules: many(3, (i) => ({ ...rule, id: `r${i}`, conditions: many(400, () => condition) })) }),
    '$.rules[2].conditions too_many',
  ],
  ['a condition that is a text', withRule({ conditions: ['plan'] }), `${C} not_an_object`],
  ['a condition about nothing', withRule({ conditions: [{}] }), `${C} bad_condition`],
  ['a condition about two things', withCondition({ segment: 's' }), `${C} bad_condition`],
  ['a condition with an unknown member', withCondition({ dialect: 'x' }), `${C}.dialect unknown_member`],
  [
    'a condition without operator and values',
    withRule({ conditions: [{ attribute: 'a' }] }),
    `${C}.operator missing_member`,
    `${C}.values missing_member`,
  ],
  ['an unknown operator', withCondition({ operator: 'matches' }), `${C}.operator unknown_operator`],
  [
    'an operator that is an inherited name',
    withCondition({ operator: 'constructor' }),
    `${C}.operator unknown_operator`,
  ],
  ['a negate that is no boolean', withCondition({ negate: 'no' }), `${C}.negate not_a_boolean`],
  ['values that are no list', withCondition({ values: 'pro' }), `${C}.values not_a_list`],
  ['no values for in', withCondition({ values: [] }), `${C}.values too_few`],
  ['too many values', withCondition({ values: many(10_001, String) }), `${C}.values too_many`],
  ['null among the values', withCondition({ values: ['a', null] }), `${C}.values[1] wrong_operand`],
  ['a list among the values', withCondition({ values: [['a']] }), `${C}.values[0] wrong_operand`],
  ['an infinite value', withCondition({ values: [parsed('1e999')] }), `${C}.values[0] not_finite`],
  ['a value that is too long', withCondition({ values: ['x'.repeat(1_025)] }), `${C}.values[0] too_long`],
  ['no values for contains', withCondition({ operator: 'contains', values: [] }), `${C}.values too_few`],
  ['a number for contains', withCondition({ operator: 'contains', values: [5] }), `${C}.values[0] wrong_operand`],
  [
    'a boolean for startsWith',
    withCondition({ operator: 'startsWith', values: ['a', true] }),
    `${C}.values[1] wrong_operand`,
  ],
  ['a number for endsWith', withCondition({ operator: 'endsWith', values: [1] }), `${C}.values[0] wrong_operand`],
  ['no value for lessThan', withCondition({ operator: 'lessThan', values: [] }), `${C}.values too_few`],
  ['two values for lessOrEqual', withCondition({ operator: 'lessOrEqual', values: [1, 2] }), `${C}.values too_many`],
  ['a text for greaterThan', withCondition({ operator: 'greaterThan', values: ['5'] }), `${C}.values[0] wrong_operand`],
  [
    'a boolean for greaterOrEqual',
    withCondition({ operator: 'greaterOrEqual', values: [true] }),
    `${C}.values[0] wrong_operand`,
  ],
  ['a value for exists', withCondition({ operator: 'exists', values: [true] }), `${C}.values too_many`],
  ['an empty attribute path', withCondition({ attribute: '' }), `${C}.attribute empty_text`],
  ['a number as attribute path', withCondition({ attribute: 5 }), `${C}.attribute not_a_text`],
  ['an attribute path that is too long', withCondition({ attribute: 'x'.repeat(257) }), `${C}.attribute too_long`],
  ['an attribute path that begins with a dot', withCondition({ attribute: '.a' }), `${C}.attribute bad_attribute`],
  ['an attribute path with two dots', withCondition({ attribute: 'a..b' }), `${C}.attribute bad_attribute`],
  ['an attribute path that ends with a dot', withCondition({ attribute: 'a.' }), `${C}.attribute bad_attribute`],
  ['an attribute path through __proto__', withCondition({ attribute: '__proto__.x' }), `${C}.attribute bad_attribute`],
  [
    'an attribute path through constructor',
    withCondition({ attribute: 'a.constructor' }),
    `${C}.attribute bad_attribute`,
  ],
  [
    'an attribute path through prototype',
    withCondition({ attribute: 'a.prototype.b' }),
    `${C}.attribute bad_attribute`,
  ],
  ['a segment that is no key', withGroup({ segment: 'a b' }), `${C}.segment bad_key`],
  ['a segment condition with values', withGroup({ segment: 's', values: [] }), `${C}.values unknown_member`],
  ['a segment condition with a bad negate', withGroup({ segment: 's', negate: 0 }), `${C}.negate not_a_boolean`],
  ['an unknown group', withGroup({ group: 'some', conditions: [condition] }), `${C}.group unknown_group`],
  ['a group without conditions', withGroup({ group: 'all' }), `${C}.conditions missing_member`],
  ['a group with an empty list', withGroup({ group: 'all', conditions: [] }), `${C}.conditions too_few`],
  ['a negated group', withGroup({ group: 'all', conditions: [condition], negate: true }), `${C}.negate unknown_member`],
  [
    'groups nested too deep',
    withGroup(nestGroups(LIMITS.groupDepth + 1)),
    `${C}${'.conditions[0]'.repeat(LIMITS.groupDepth)} too_deep`,
  ],
  [
    'too many conditions in groups',
    withGroup({ group: 'any', conditions: many(1_000, () => condition) }),
    `${C}.conditions too_many`,
  ],
  ['a default that is a text', flag({ default: 'a' }), '$.default not_an_object'],
  ['a default of an unknown variant', flag({ default: { variant: 'c' } }), '$.default.variant unknown_variant'],
  ['a default that serves nothing', flag({ default: {} }), '$.default bad_serve'],
  ['a default that serves two things', flag({ default: { variant: 'a', rollout: {} } }), '$.default bad_serve'],
  ['a serve with an unknown member', flag({ default: { variant: 'a', weight: 1 } }), '$.default.weight unknown_member'],
  [
    'a rule that serves an unknown variant',
    withRule({ serve: { variant: 'c' } }),
    '$.rules[0].serve.variant unknown_variant',
  ],
  ['a rollout without members', flag({ default: { rollout: {} } }), `${W} missing_member`, `${B} missing_member`],
  ['a rollout of nothing', withRollout([]), `${W} too_few`],
  ['a rollout of texts', withRollout(['a']), `${W}[0] not_an_object`],
  ['a rollout of an unknown variant', withRollout([{ variant: 'c', weight: 1 }]), `${W}[0].variant unknown_variant`],
  ['a variant twice in a rollout', withRollout([share, share]), `${W}[1].variant duplicate_variant`],
  ['a share without weight', withRollout([{ variant: 'a' }]), `${W}[0].weight missing_member`],
  ['a negative weight', withRollout([{ variant: 'a', weight: -1 }]), `${W}[0].weight bad_weight`],
  ['a broken weight', withRollout([{ variant: 'a', weight: 0.5 }]), `${W}[0].weight bad_weight`],
  ['a text as weight', withRollout([{ variant: 'a', weight: '1' }]), `${W}[0].weight bad_weight`],
  ['a weight that is too large', withRollout([{ variant: 'a', weight: 2_147_483_648 }]), `${W}[0].weight bad_weight`],
  ['weights of nothing', withRollout([{ variant: 'a', weight: 0 }]), `${W} bad_weight_sum`],
  [
    'weights that add up to too much',
    withRollout([share, { variant: 'b', weight: 2_147_483_647 }]),
    `${W} bad_weight_sum`,
  ],
  ['an unknown member in a share', withRollout([{ ...share, percent: 1 }]), `${W}[0].percent unknown_member`],
  ['a bucketing that is a text', withRollout([share], 'murmur3/1'), `${B} not_an_object`],
  ['a bucketing without algorithm', withRollout([share], {}), `${B}.algorithm missing_member`],
  ['an unknown algorithm', withRollout([share], { algorithm: 'murmur3/2' }), `${B}.algorithm unknown_algorithm`],
  ['an unknown member in a bucketing', withRollout([share], { ...contract, seed: 1 }), `${B}.seed unknown_member`],
  ['a salt that is no text', withRollout([share], { ...contract, salt: 1 }), `${B}.salt not_a_text`],
  ['a salt that is too long', withRollout([share], { ...contract, salt: 'x'.repeat(257) }), `${B}.salt too_long`],
  ['a salt with half a character', withRollout([share], { ...contract, salt: 'a\ud83d' }), `${B}.salt ill_formed_text`],
  [
    'a bad attribute to bucket by',
    withRollout([share], { ...contract, attribute: 'a..b' }),
    `${B}.attribute bad_attribute`,
  ],
  [
    'an unknown answer to what is missing',
    withRollout([share], { ...contract, missing: 'random' }),
    `${B}.missing unknown_missing`,
  ],
  [
    'several problems at once',
    flag({ type: 'x', enabled: 1, offVariant: 'c', rules: [{ ...rule, id: '' }] }),
    '$.enabled not_a_boolean',
    '$.type unknown_type',
    '$.offVariant unknown_variant',
    '$.rules[0].id bad_key',
  ],
];

describe('checkFlag refuses', () => {
  it.each(bad)('%s', (_, document, ...expected) => {
    expect(findings(document)).toEqual(expected);
  });

  it('in words that say what to do', () => {
    for (const [, document] of bad) {
      const checked = checkFlag(document);
      for (const { message } of checked.ok ? [] : checked.problems) {
        expect(message).toMatch(/^(Add|Remove|Rename|Write|Name|Keep|Make|Move|Give|Shorten|Flatten) .{8,}[.]$/s);
        expect(message.length).toBeLessThan(300);
      }
    }
  });

  it('with at most twenty problems, however many there are', () => {
    const members = Object.fromEntries(many(1_000, (i) => [`extra${i}`, i]));
    expect(findings(flag(members))).toHaveLength(20);
    expect(findings(withCondition({ values: many(10_000, () => null) }))).toHaveLength(20);
    expect(findings(flag({ rules: many(200, () => 0), targets: many(100, () => 0) }))).toHaveLength(20);
    expect(findings(flag({ type: 'object', variants: { a: many(100, () => Number.NaN) } }))).toHaveLength(20);
  });

  it('without changing any prototype', () => {
    findings(
      parsed(
        '{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}},"variants":{"__proto__":{"polluted":1}}}',
      ),
    );
    expect(({} as Json).polluted).toBeUndefined();
  });
});

const fine: readonly [string, Json][] = [
  ['the smallest flag', good],
  [
    'all its members',
    flag({
      offVariant: 'b',
      clientVisible: false,
      targets: [{ variant: 'b', keys: ['x', 'x'] }],
      rules: [{ ...rule, description: '' }],
    }),
  ],
  [
    'names that objects inherit',
    flag({ key: 'constructor', variants: { toString: '' }, default: { variant: 'toString' } }),
  ],
  ['as many rules as allowed', flag({ rules: many(200, (i) => ({ ...rule, id: `r${i}` })) })],
  [
    'as many conditions as allowed',
    flag({ rules: many(2, (i) => ({ ...rule, id: `r${i}`, conditions: many(500, () => condition) })) }),
  ],
  ['groups as deep as allowed', withGroup(nestGroups(LIMITS.groupDepth))],
  ['as many values as allowed', withCondition({ values: many(10_000, String) })],
  ['values of all types', withCondition({ values: ['', 0, -1.5, true, false] })],
  ['a value nested as deep as allowed', flag({ type: 'object', variants: { a: nest(LIMITS.valueDepth) } })],
  [
    'objects and arrays in an object flag',
    flag({ type: 'object', variants: { a: { b: [null, 1, 'x', true] }, c: [] } }),
  ],
  [
    'weights of zero',
    withRollout([
      { variant: 'a', weight: 0 },
      { variant: 'b', weight: 2_147_483_647 },
    ]),
  ],
  [
    'an empty salt and all of a contract',
    withRollout([share], { ...contract, salt: '', attribute: 'a.b-c d', missing: 'fallThrough' }),
  ],
  ['a salt with whole characters', withRollout([share], { ...contract, salt: '日本 😀' })],
];

describe('checkFlag accepts', () => {
  it.each(fine)('%s, and returns it as it is', (_, document) => {
    expect(findings(document)).toEqual([]);
    const checked = checkFlag(document);
    expect(checked.ok && checked.value).toBe(document);
  });
});
