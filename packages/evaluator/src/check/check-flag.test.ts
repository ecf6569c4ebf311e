import { describe, expect, it } from 'vitest';
import {
  CONDITION,
  findings,
  flagWith,
  GOOD,
  type Json,
  many,
  parsed,
  RULE,
  withRule,
  withTest,
} from '../../test-support/flag-documents.ts';
import { type Bad, describeRefusals } from '../../test-support/refusals.ts';
import { checkFlag } from './check-flag.ts';
import { LIMITS } from '../limits.ts';

const without = (member: string): Json => Object.fromEntries(Object.entries(GOOD).filter(([name]) => name !== member));
const withPrerequisite = (members: Json): Json =>
  flagWith({ prerequisites: [{ flag: 'login', variants: ['on'], ...members }] });
const nest = (depth: number): unknown => (depth === 0 ? 1 : [nest(depth - 1)]);

const bad: readonly Bad[] = [
  ['null', null, '$ not_an_object'],
  ['a list', [], '$ not_an_object'],
  ['a string', 'flag', '$ not_an_object'],
  ['nothing', undefined, '$ not_an_object'],
  [
    'an empty object',
    {},
    ...['key', 'type', 'enabled', 'variants', 'default'].map((name) => `$.${name} missing_member`),
  ],
  ['an unknown member', flagWith({ dependencies: [] }), '$.dependencies unknown_member'],
  ['an unknown member with an odd name', flagWith({ 'a b': 1 }), '$["a b"] unknown_member'],
  [
    'its own __proto__',
    parsed(JSON.stringify(GOOD).replace('{', '{"__proto__":{"enabled":true},')),
    '$.__proto__ unknown_member',
  ],
  ['a member called constructor', flagWith({ constructor: {} }), '$.constructor unknown_member'],
  ['no key', without('key'), '$.key missing_member'],
  ['a number as key', flagWith({ key: 5 }), '$.key not_a_text'],
  ['an empty key', flagWith({ key: '' }), '$.key bad_key'],
  ['a key with a space', flagWith({ key: 'a b' }), '$.key bad_key'],
  ['a key that ends a line', flagWith({ key: 'a\n' }), '$.key bad_key'],
  ['a key that begins with a dash', flagWith({ key: '-a' }), '$.key bad_key'],
  ['a key of 129 characters', flagWith({ key: 'k'.repeat(129) }), '$.key bad_key'],
  ['the key __proto__', flagWith({ key: '__proto__' }), '$.key bad_key'],
  ['an unknown type', flagWith({ type: 'json' }), '$.type unknown_type'],
  ['a type that is an inherited name', flagWith({ type: 'toString' }), '$.type unknown_type'],
  ['a text for enabled', flagWith({ enabled: 'true' }), '$.enabled not_a_boolean'],
  ['null for enabled', flagWith({ enabled: null }), '$.enabled not_a_boolean'],
  ['a number for clientVisible', flagWith({ clientVisible: 1 }), '$.clientVisible not_a_boolean'],
  ['a list of variants', flagWith({ variants: ['a'] }), '$.variants not_an_object'],
  ['no variants', flagWith({ variants: {} }), '$.variants too_few', '$.default.variant unknown_variant'],
  [
    'too many variants',
    flagWith({ variants: Object.fromEntries(many(101, (i) => [`a${i || ''}`, ''])) }),
    '$.variants too_many',
  ],
  ['a variant with a bad name', flagWith({ variants: { a: '', 'b!': '' } }), '$.variants["b!"] bad_key'],
  [
    'a variant called __proto__',
    flagWith({ variants: parsed('{"a":"","__proto__":""}') }),
    '$.variants.__proto__ bad_key',
  ],
  ['a number in a string flag', flagWith({ variants: { a: 5 } }), '$.variants.a wrong_value_type'],
  ['null in a string flag', flagWith({ variants: { a: null } }), '$.variants.a wrong_value_type'],
  ['a text in a boolean flag', flagWith({ type: 'boolean', variants: { a: 'true' } }), '$.variants.a wrong_value_type'],
  ['a text in a number flag', flagWith({ type: 'number', variants: { a: '5' } }), '$.variants.a wrong_value_type'],
  ['an infinite number', flagWith({ type: 'number', variants: { a: parsed('1e999') } }), '$.variants.a not_finite'],
  ['null in an object flag', flagWith({ type: 'object', variants: { a: null } }), '$.variants.a wrong_value_type'],
  ['a text in an object flag', flagWith({ type: 'object', variants: { a: '{}' } }), '$.variants.a wrong_value_type'],
  [
    'an infinite number deep in a value',
    flagWith({ type: 'object', variants: { a: { b: [1, parsed('-1e999')] } } }),
    '$.variants.a.b[1] not_finite',
  ],
  [
    'a __proto__ deep in a value',
    flagWith({ type: 'object', variants: { a: parsed('{"b":[{"__proto__":{"c":1}}]}') } }),
    '$.variants.a.b[0].__proto__ forbidden_member',
  ],
  [
    'a value nested too deep',
    flagWith({ type: 'object', variants: { a: nest(LIMITS.valueDepth + 1) } }),
    `$.variants.a${'[0]'.repeat(LIMITS.valueDepth)} too_deep`,
  ],
  [
    'a value’s text that is too long',
    flagWith({ variants: { a: 'x'.repeat(LIMITS.variantTextLength + 1) } }),
    '$.variants.a too_long',
  ],
  ['an off variant that does not exist', flagWith({ offVariant: 'c' }), '$.offVariant unknown_variant'],
  ['an off variant that is an inherited name', flagWith({ offVariant: 'toString' }), '$.offVariant unknown_variant'],
  ['a number as off variant', flagWith({ offVariant: 1 }), '$.offVariant not_a_text'],
  ['prerequisites that are no list', flagWith({ prerequisites: {} }), '$.prerequisites not_a_list'],
  [
    'too many prerequisites',
    flagWith({ prerequisites: many(33, (i) => ({ flag: `f${i}`, variants: ['on'] })) }),
    '$.prerequisites too_many',
  ],
  ['a prerequisite that is a text', flagWith({ prerequisites: ['login'] }), '$.prerequisites[0] not_an_object'],
  [
    'a prerequisite without members',
    flagWith({ prerequisites: [{}] }),
    '$.prerequisites[0].flag missing_member',
    '$.prerequisites[0].variants missing_member',
  ],
  [
    'a prerequisite with an unknown member',
    withPrerequisite({ variant: 'on' }),
    '$.prerequisites[0].variant unknown_member',
  ],
  ['a prerequisite with a bad key', withPrerequisite({ flag: 'a b' }), '$.prerequisites[0].flag bad_key'],
  ['itself as prerequisite', withPrerequisite({ flag: 'checkout' }), '$.prerequisites[0].flag own_prerequisite'],
  [
    'a prerequisite twice',
    flagWith({
      prerequisites: [
        { flag: 'login', variants: ['on'] },
        { flag: 'login', variants: ['off'] },
      ],
    }),
    '$.prerequisites[1].flag duplicate_prerequisite',
  ],
  ['a prerequisite of no variant', withPrerequisite({ variants: [] }), '$.prerequisites[0].variants too_few'],
  [
    'a prerequisite of too many variants',
    withPrerequisite({ variants: many(101, (i) => `v${i}`) }),
    '$.prerequisites[0].variants too_many',
  ],
  [
    'a prerequisite of variants that are no names',
    withPrerequisite({ variants: ['on', 'a b', 1] }),
    '$.prerequisites[0].variants[1] bad_key',
    '$.prerequisites[0].variants[2] not_a_text',
  ],
  ['an object as targets', flagWith({ targets: {} }), '$.targets not_a_list'],
  ['too many targets', flagWith({ targets: many(101, () => ({ variant: 'a', keys: [] })) }), '$.targets too_many'],
  [
    'a target without members',
    flagWith({ targets: [{}] }),
    '$.targets[0].variant missing_member',
    '$.targets[0].keys missing_member',
  ],
  ['a target that is a text', flagWith({ targets: ['a'] }), '$.targets[0] not_an_object'],
  [
    'a target of an unknown variant',
    flagWith({ targets: [{ variant: 'c', keys: [] }] }),
    '$.targets[0].variant unknown_variant',
  ],
  [
    'a target with an unknown member',
    flagWith({ targets: [{ variant: 'a', keys: [], values: [] }] }),
    '$.targets[0].values unknown_member',
  ],
  [
    'a number as targeting key',
    flagWith({ targets: [{ variant: 'a', keys: ['x', 5] }] }),
    '$.targets[0].keys[1] not_a_text',
  ],
  ['an empty targeting key', flagWith({ targets: [{ variant: 'a', keys: [''] }] }), '$.targets[0].keys[0] empty_text'],
  [
    'a targeting key that is too long',
    flagWith({ targets: [{ variant: 'a', keys: ['x'.repeat(1_025)] }] }),
    '$.targets[0].keys[0] too_long',
  ],
  [
    'too many targeting keys',
    flagWith({ targets: [{ variant: 'a', keys: many(100_001, String) }] }),
    '$.targets[0].keys too_many',
  ],
  [
    'a targeting key in two targets',
    flagWith({
      targets: [
        { variant: 'a', keys: ['x'] },
        { variant: 'b', keys: ['y', 'x'] },
      ],
    }),
    '$.targets[1].keys[1] duplicate_targeting_key',
  ],
  ['rules that are null', flagWith({ rules: null }), '$.rules not_a_list'],
  ['too many rules', flagWith({ rules: many(201, (i) => ({ ...RULE, id: `r${i}` })) }), '$.rules too_many'],
  ['a rule that is null', flagWith({ rules: [null] }), '$.rules[0] not_an_object'],
  [
    'a rule without members',
    flagWith({ rules: [{}] }),
    ...['id', 'conditions', 'serve'].map((name) => `$.rules[0].${name} missing_member`),
  ],
  ['a rule with an unknown member', withRule({ enabled: true }), '$.rules[0].enabled unknown_member'],
  ['a bad rule id', withRule({ id: 'r 1' }), '$.rules[0].id bad_key'],
  ['two rules with one id', flagWith({ rules: [RULE, RULE] }), '$.rules[1].id duplicate_rule'],
  ['a description that is no text', withRule({ description: 5 }), '$.rules[0].description not_a_text'],
  ['a description that is too long', withRule({ description: 'x'.repeat(4_097) }), '$.rules[0].description too_long'],
  ['a rule without conditions', withRule({ conditions: [] }), '$.rules[0].conditions too_few'],
  ['conditions that are no list', withRule({ conditions: CONDITION }), '$.rules[0].conditions not_a_list'],
  [
    'too many conditions in one rule',
    withRule({ conditions: many(1_001, () => CONDITION) }),
    '$.rules[0].conditions too_many',
  ],
  [
    'too many conditions in all rules',
    flagWith({ rules: many(3, (i) => ({ ...RULE, id: `r${i}`, conditions: many(400, () => CONDITION) })) }),
    '$.rules[2].conditions too_many',
  ],
  [
    'several problems at once',
    flagWith({ type: 'x', enabled: 1, offVariant: 'c', rules: [{ ...RULE, id: '' }] }),
    '$.enabled not_a_boolean',
    '$.type unknown_type',
    '$.offVariant unknown_variant',
    '$.rules[0].id bad_key',
  ],
];

describeRefusals('checkFlag refuses', bad, checkFlag, 300);

describe('checkFlag refuses', () => {
  it('with at most twenty problems, however many there are', () => {
    const members = Object.fromEntries(many(1_000, (i) => [`extra${i}`, i]));
    const lists = { rules: many(200, () => 0), targets: many(100, () => 0), prerequisites: many(32, () => 0) };
    expect(findings(checkFlag(flagWith(members)))).toHaveLength(20);
    expect(findings(checkFlag(withTest({ values: many(10_000, () => null) })))).toHaveLength(20);
    expect(findings(checkFlag(flagWith(lists)))).toHaveLength(20);
    const numbers = many(100, () => Number.NaN);
    expect(findings(checkFlag(flagWith({ type: 'object', variants: { a: numbers } })))).toHaveLength(20);
  });

  it('without changing any prototype', () => {
    checkFlag(
      parsed(
        '{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}},"variants":{"__proto__":{"polluted":1}}}',
      ),
    );
    expect(({} as Json).polluted).toBeUndefined();
  });
});

const fine: readonly [string, Json][] = [
  ['the smallest flag', GOOD],
  [
    'all its members',
    flagWith({
      offVariant: 'b',
      clientVisible: false,
      prerequisites: [{ flag: 'login', variants: ['on', 'beta'] }],
      targets: [{ variant: 'b', keys: ['x', 'x'] }],
      rules: [{ ...RULE, description: '' }],
    }),
  ],
  ['a member that somebody gave all objects', Object.assign(Object.create({ extra: 1 }) as Json, GOOD)],
  ['no prerequisites', flagWith({ prerequisites: [] })],
  [
    'as many prerequisites as allowed',
    flagWith({ prerequisites: many(32, (i) => ({ flag: `f${i}`, variants: ['on'] })) }),
  ],
  [
    'names that objects inherit',
    flagWith({ key: 'constructor', variants: { toString: '' }, default: { variant: 'toString' } }),
  ],
  ['as many rules as allowed', flagWith({ rules: many(200, (i) => ({ ...RULE, id: `r${i}` })) })],
  [
    'as many conditions as allowed',
    flagWith({ rules: many(2, (i) => ({ ...RULE, id: `r${i}`, conditions: many(500, () => CONDITION) })) }),
  ],
  ['a value nested as deep as allowed', flagWith({ type: 'object', variants: { a: nest(LIMITS.valueDepth) } })],
  [
    'objects and arrays in an object flag',
    flagWith({ type: 'object', variants: { a: { b: [null, 1, 'x', true] }, c: [] } }),
  ],
];

describe('checkFlag accepts', () => {
  it.each(fine)('%s, and returns it as it is', (_, document) => {
    const checked = checkFlag(document);
    expect(findings(checked)).toEqual([]);
    expect(checked.ok && checked.value).toBe(document);
  });
});
