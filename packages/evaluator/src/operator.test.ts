import { describe, expect, it } from 'vitest';
import type { AttributeCondition, Operator } from './model.ts';
import { passes, prepareTest } from './operator.ts';

type Values = AttributeCondition['values'];

function test(operator: Operator, values: Values, attribute: unknown): boolean {
  return passes(prepareTest({ attribute: 'any', operator, values }), attribute);
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

describe('`in` with many values', () => {
  it('looks them up in a set instead of comparing one by one', () => {
    const values = Array.from({ length: 100_000 }, (_, index) => `value-${index}`);
    const prepared = prepareTest({ attribute: 'any', operator: 'in', values });
    expect(prepared.among?.size).toBe(100_000);
    expect(passes(prepared, 'value-99999')).toBe(true);
    expect(passes(prepared, 'value-100000')).toBe(false);
  });
});
