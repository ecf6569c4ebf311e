import { describe, expect, it } from 'vitest';
import { prepareAttribute } from './attribute.ts';
import { passes } from './audience.ts';
import { prepareComparison } from './dialect-comparison.ts';
import { LIMITS } from '../limits.ts';
import type { AttributeCondition, Operator, RegexEngine } from '../model.ts';

type Values = AttributeCondition['values'];

const regex: RegexEngine = {
  compile: (pattern, ignoreCase) => {
    const expression = new RegExp(pattern, ignoreCase ? 'ui' : 'u');
    return (text) => expression.test(text);
  },
};

function test(operator: Operator, values: Values, value: unknown, more: Partial<AttributeCondition> = {}): boolean {
  const condition = { ...more, attribute: 'any', operator, values };
  const attribute = prepareAttribute('any');
  return passes(
    { kind: 'attribute', attribute, operator, negate: false, ...prepareComparison(condition, regex) },
    value,
  );
}

const kinds: Readonly<Record<string, unknown>> = {
  'a string': 'other',
  'an empty string': '',
  'a numeric string': '5',
  'a number': 5,
  'not a number': Number.NaN,
  infinity: Number.POSITIVE_INFINITY,
  true: true,
  false: false,
  null: null,
  'a missing attribute': undefined,
  'an object': { a: 'x' },
  'a list of objects': [{ a: 'x' }],
  'an empty list': [],
  'a list in a list': [['x'], [5]],
  'a list of null': [null],
  'a big integer': 5n,
  'a symbol': Symbol('x'),
  'a function': () => 'x',
  'a string object': Object('x'),
};

const operators: Readonly<Record<Operator, { readonly values: Values; readonly passing: readonly string[] }>> = {
  in: { values: ['x'], passing: [] },
  contains: { values: ['x'], passing: [] },
  startsWith: { values: ['x'], passing: [] },
  endsWith: { values: ['x'], passing: [] },
  lessThan: { values: [6], passing: ['a number'] },
  lessOrEqual: { values: [5], passing: ['a number'] },
  greaterThan: { values: [4], passing: ['a number', 'infinity'] },
  greaterOrEqual: { values: [5], passing: ['a number', 'infinity'] },
  matches: { values: ['^x'], passing: [] },
  semverEqual: { values: ['5.0.0'], passing: [] },
  semverLessThan: { values: ['5.0.0'], passing: [] },
  semverLessOrEqual: { values: ['5.0.0'], passing: [] },
  semverGreaterThan: { values: ['5.0.0'], passing: [] },
  semverGreaterOrEqual: { values: ['5.0.0'], passing: [] },
  semverSameMajor: { values: ['5.0.0'], passing: [] },
  semverSameMinor: { values: ['5.0.0'], passing: [] },
  before: { values: ['2026-01-01T00:00:00Z'], passing: ['a number'] },
  after: { values: [4], passing: ['a number'] },
  inIpRange: { values: ['0.0.0.0/0'], passing: [] },
  exists: {
    values: [],
    passing: Object.keys(kinds).filter((kind) => kind !== 'null' && kind !== 'a missing attribute'),
  },
};

const table = Object.entries(operators).flatMap(([operator, { values, passing }]) =>
  Object.entries(kinds).map(([kind, attribute]) => ({
    operator: operator as Operator,
    values,
    kind,
    attribute,
    expected: passing.includes(kind),
  })),
);

describe('every operator on every type', () => {
  it.each(table)('$operator on $kind is $expected', ({ operator, values, attribute, expected }) => {
    expect(test(operator, values, attribute)).toBe(expected);
  });
});

describe('each operator on its own types', () => {
  it.each<[Operator, Values, unknown, boolean]>([
    ['in', ['x'], 'x', true],
    ['in', ['x', 'y'], 'y', true],
    ['in', ['x', 'y'], 'z', false],
    ['in', ['x'], 'X', false],
    ['in', [''], '', true],
    ['in', [5], 5, true],
    ['in', [5, 6], 6, true],
    ['in', [0], -0, true],
    ['in', [true], true, true],
    ['in', [true, 'x'], false, false],
    ['in', ['a', 1, true], true, true],
    ['in', ['constructor', 'x'], 'constructor', true],
    ['in', ['x', 'y'], 'constructor', false],
    ['contains', ['ell'], 'hello', true],
    ['contains', ['no', 'ell'], 'hello', true],
    ['contains', [''], '', true],
    ['contains', ['ELL'], 'hello', false],
    ['contains', ['.*'], 'hello', false],
    ['startsWith', ['he'], 'hello', true],
    ['startsWith', ['lo', 'he'], 'hello', true],
    ['startsWith', ['lo'], 'hello', false],
    ['endsWith', ['lo'], 'hello', true],
    ['endsWith', ['he', 'lo'], 'hello', true],
    ['endsWith', ['he'], 'hello', false],
    ['lessThan', [5], 4.999, true],
    ['lessThan', [5], 5, false],
    ['lessOrEqual', [5], 5, true],
    ['lessOrEqual', [5], 5.001, false],
    ['greaterThan', [5], 5.001, true],
    ['greaterThan', [5], 5, false],
    ['greaterOrEqual', [5], 5, true],
    ['greaterOrEqual', [5], 4.999, false],
    ['greaterThan', [-1], -0.5, true],
    ['semverEqual', ['1.2.3', '2.0.0'], '2.0.0+build', true],
    ['semverLessThan', ['1.0.0'], '1.0.0-rc.1', true],
    ['semverLessOrEqual', ['1.0.0'], '1.0.0', true],
    ['semverGreaterThan', ['1.0.0'], '1.0.0', false],
    ['semverGreaterOrEqual', ['1.9.0'], '1.10.0', true],
    ['semverSameMajor', ['1.9.0'], '1.0.0', true],
    ['semverSameMinor', ['1.9.0'], '1.10.0', false],
    ['before', ['2026-01-01T00:00:00Z'], '2025-12-31T23:59:59.999Z', true],
    ['before', ['2026-01-01T00:00:00Z'], '2026-01-01T01:00:00+01:00', false],
    ['after', [0], '1970-01-01T00:00:00.001Z', true],
    ['inIpRange', ['10.0.0.0/8', '2001:db8::/32'], '2001:db8::1', true],
    ['inIpRange', ['10.0.0.0/8'], '11.0.0.1', false],
  ])('%s %j on %j is %s', (operator, values, attribute, expected) => {
    expect(test(operator, values, attribute)).toBe(expected);
  });
});

describe('comparing different types', () => {
  it.each<[Values, unknown]>([
    [['5'], 5],
    [[5], '5'],
    [['5', '6'], 5],
    [[5, 6], '5'],
    [['true'], true],
    [[true], 'true'],
    [[1], true],
    [[0], false],
    [[true], 1],
    [[0, 1], ''],
    [['null', ''], null],
    [['undefined', ''], undefined],
    [['x', '[object Object]'], {}],
  ])('never finds %j in %j', (values, attribute) => {
    expect(test('in', values, attribute)).toBe(false);
  });
});

describe('a list-valued attribute', () => {
  it.each<[Operator, Values, readonly unknown[], boolean]>([
    ['in', ['x'], ['a', 'x'], true],
    ['in', ['x', 'y'], ['a', 'b'], false],
    ['in', [5], ['5', 5], true],
    ['contains', ['ell'], [5, null, 'hello'], true],
    ['startsWith', ['he'], ['oh', 'hello'], true],
    ['endsWith', ['lo'], ['oh', {}], false],
    ['lessThan', [5], [9, 4], true],
    ['lessOrEqual', [5], [9, '4'], false],
    ['greaterThan', [5], [1, 9], true],
    ['greaterOrEqual', [5], [1, 2], false],
    ['semverEqual', ['1.0.0'], ['x', '1.0.0'], true],
    ['inIpRange', ['::1'], ['::2', '::1'], true],
  ])('passes %s %j when any element of %j does: %s', (operator, values, attribute, expected) => {
    expect(test(operator, values, attribute)).toBe(expected);
  });

  it('is read once per element, also when it holds itself', () => {
    const list: unknown[] = ['a'];
    list.push(list, 'x');
    expect(test('in', ['x'], list)).toBe(true);
    expect(test('in', ['y'], list)).toBe(false);
  });
});

it('takes a hundred thousand values', () => {
  const values = Array.from({ length: 100_000 }, (_, index) => `value-${index}`);
  expect(test('in', values, 'value-99999')).toBe(true);
  expect(test('in', values, 'value-100000')).toBe(false);
});

describe('a list longer than the limit', () => {
  it('is looked at up to the limit', () => {
    const list = Array.from({ length: LIMITS.listElements + 1 }, () => 'a');
    expect(test('in', ['b'], [...list.slice(2), 'b'])).toBe(true);
    expect(test('in', ['b'], [...list, 'b'])).toBe(false);
  });
});

describe('ignoring case', () => {
  it.each<[Operator, Values, unknown, boolean]>([
    ['in', ['Straße'], 'STRASSE', false],
    ['in', ['ÄPFEL', 'b'], 'äpfel', true],
    ['in', [5], 5, true],
    ['contains', ['ELL'], 'hello', true],
    ['startsWith', ['HE'], 'Hello', true],
    ['endsWith', ['LO'], 'helLo', true],
    ['matches', ['^he'], 'HELLO', true],
  ])('%s %j on %j is %s', (operator, values, attribute, expected) => {
    expect(test(operator, values, attribute, { ignoreCase: true })).toBe(expected);
  });
});

describe('a regular expression', () => {
  it('is found anywhere in a text, and in none that is longer than the limit', () => {
    expect(test('matches', ['b+c', 'x'], 'abbc')).toBe(true);
    expect(test('matches', ['b+c', 'x'], 'abb')).toBe(false);
    expect(test('matches', ['a'], 'a'.repeat(LIMITS.matchedLength))).toBe(true);
    expect(test('matches', ['a'], 'a'.repeat(LIMITS.matchedLength + 1))).toBe(false);
  });
});
