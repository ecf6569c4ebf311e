import * as fc from 'fast-check';
import { Strategy } from 'unleash-client';
import { describe, expect, it } from 'vitest';
import { conditionHolds } from '../../test-support/condition-holds.ts';
import { NUMBER_TEXTS, NUMBER_UNITS, VERSION_TEXTS } from '../../test-support/dialect-samples.ts';
import type { AttributeCondition, Operator } from '../model.ts';

type Constraint = Parameters<Strategy['checkConstraint']>[0];
type Value = string | number | boolean | null | undefined;

const strategy = new Strategy('asked', true);

/** Unleash-client's answer to one constraint on the property `x`; its contexts are typed more narrowly than it reads them. */
function unleash(operator: string, operand: string | readonly string[], ignoreCase = false, inverted = false) {
  const operands = typeof operand === 'string' ? { value: operand, values: [] } : { values: operand };
  const json = JSON.stringify({ contextName: 'x', operator, inverted, caseInsensitive: ignoreCase, ...operands });
  const constraint = JSON.parse(json) as Constraint;
  return (value: unknown) => strategy.checkConstraint(constraint, { properties: { x: value as string } });
}

function ours(operator: Operator, values: AttributeCondition['values'], ignoreCase = false, negate = false) {
  const casing = ignoreCase ? { ignoreCase } : {};
  const holds = conditionHolds({ attribute: 'x', operator, values, dialect: 'unleash', negate, ...casing });
  return (value: unknown) => holds({ x: value });
}

const NUMBERS_TO_WRITE = [0, -0, 1, 5, -5, 0.5, 0.1, 1e20, 1e21, 1e-6, 1e-7, 5e-324, 2 ** 53];
const VALUES: readonly Value[] = [...NUMBER_TEXTS, undefined, null, true, false, ...NUMBERS_TO_WRITE];

const NUMBERS: readonly (readonly [string, Operator])[] = [
  ['NUM_EQ', 'in'],
  ['NUM_LT', 'lessThan'],
  ['NUM_LTE', 'lessOrEqual'],
  ['NUM_GT', 'greaterThan'],
  ['NUM_GTE', 'greaterOrEqual'],
];
const STRINGS: readonly (readonly [string, Operator])[] = [
  ['STR_STARTS_WITH', 'startsWith'],
  ['STR_ENDS_WITH', 'endsWith'],
  ['STR_CONTAINS', 'contains'],
];
const SEMVER: readonly (readonly [string, Operator])[] = [
  ['SEMVER_EQ', 'semverEqual'],
  ['SEMVER_LT', 'semverLessThan'],
  ['SEMVER_LTE', 'semverLessOrEqual'],
  ['SEMVER_GT', 'semverGreaterThan'],
  ['SEMVER_GTE', 'semverGreaterOrEqual'],
];

describe('unleash-client', () => {
  it('finds the texts of values in a list as our `in` does', () => {
    const tidy = NUMBER_TEXTS.filter((text) => text.trim() === text && text !== '');
    for (const values of [tidy, ['5'], ['1e+21', '1e-7', 'true']]) {
      const [isIn, isNotIn] = [ours('in', values), ours('in', values, false, true)];
      const [IN, NOT_IN, inverted] = [
        unleash('IN', values),
        unleash('NOT_IN', values),
        unleash('IN', values, false, true),
      ];
      for (const value of VALUES) {
        expect(isIn(value), String(value)).toBe(IN(value));
        expect(isNotIn(value), String(value)).toBe(NOT_IN(value));
        expect(isNotIn(value), String(value)).toBe(inverted(value));
      }
    }
  });

  it.each(NUMBERS)('compares numbers by %s as our %s does', (theirs, operator) => {
    for (const operand of ['5', '0', '-1', '0.5', '1e21', '0.0000001']) {
      for (const negate of [false, true]) {
        const [their, our] = [
          unleash(theirs, operand, false, negate),
          ours(operator, [Number(operand)], false, negate),
        ];
        for (const value of VALUES) expect(our(value), `${String(value)} ${theirs} ${operand}`).toBe(their(value));
      }
    }
  });

  it.each(STRINGS)('compares texts by %s as our %s does', (theirs, operator) => {
    for (const values of [['5'], ['tr', 'e'], ['b', 'NULL'], ['Abc'], ['e+'], ['\u0130']]) {
      for (const ignoreCase of [false, true]) {
        const [their, our] = [unleash(theirs, values, ignoreCase), ours(operator, values, ignoreCase)];
        for (const value of [...VALUES, 'i\u0307', 'Straße']) expect(our(value), String(value)).toBe(their(value));
      }
    }
  });

  it.each(SEMVER)('compares versions by %s as our %s does', (theirs, operator) => {
    for (const operand of ['1.2.3', '1.2.3-rc.2', '1.2.3-beta+b']) {
      const [their, our] = [unleash(theirs, operand), ours(operator, [operand])];
      for (const value of [...VERSION_TEXTS, ...VALUES, 1.2])
        expect(our(value), `${value} ${theirs} ${operand}`).toBe(their(value));
    }
  });

  it('finds addresses in ranges as our inIpRange does', () => {
    const ranges = ['10.0.0.0/8', '192.0.2.7', '2001:db8::/32', '::1'];
    const [their, our] = [unleash('IN_CIDR', ranges), ours('inIpRange', ranges)];
    const addresses = [
      '10.1.2.3',
      '11.0.0.0',
      '192.0.2.7',
      '192.0.2.8',
      '2001:DB8:1::',
      '2001:db9::',
      '::1',
      '0:0:0:0:0:0:0:1',
    ];
    for (const value of [...addresses, ...VALUES]) expect(our(value), String(value)).toBe(their(value));
  });

  it('reads random texts and numbers as the same numbers', () => {
    const pairs = NUMBERS.map(([theirs, operator]) => [unleash(theirs, '5'), ours(operator, [5])] as const);
    const numberLike = fc.string({
      unit: fc.constantFrom(...NUMBER_UNITS),
      maxLength: 8,
    });
    fc.assert(
      fc.property(fc.oneof(numberLike, fc.double({ noNaN: true, noDefaultInfinity: true })), (value) =>
        pairs.every(([their, our]) => our(value) === their(value)),
      ),
      { numRuns: 2_000 },
    );
  });

  it('writes random numbers as the same texts', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (number) => {
        const text = String(number);
        return ours('in', [text])(number) && unleash('IN', [text])(number);
      }),
      { numRuns: 500 },
    );
  });
});

describe('the known disagreements with unleash-client', () => {
  it('are lists, which it joins with commas: here any element may match', () => {
    expect([unleash('IN', ['a'])(['a', 'b']), ours('in', ['a'])(['a', 'b'])]).toEqual([false, true]);
    expect([unleash('IN', ['a,b'])(['a', 'b']), ours('in', ['a,b'])(['a', 'b'])]).toEqual([true, false]);
    expect([unleash('NUM_LT', '5')([]), ours('lessThan', [5])([])]).toEqual([true, false]);
  });

  it('are objects, which it reads as a text: here they have none', () => {
    expect([unleash('STR_CONTAINS', ['Object'])({}), ours('contains', ['Object'])({})]).toEqual([true, false]);
  });

  it('are versions in white space or beyond doubles', () => {
    const isLess = (value: string) => [unleash('SEMVER_LT', '2.0.0')(value), ours('semverLessThan', ['2.0.0'])(value)];
    expect(isLess(' 1.2.3')).toEqual([true, false]);
    expect(isLess(' v1.2.3')).toEqual([true, false]);
    expect(isLess(`1.2.3-${'a'.repeat(251)}`)).toEqual([false, false]);
    expect(isLess('1.9007199254740992.0')).toEqual([false, true]);
  });

  it('are addresses with bits, which it takes for addresses', () => {
    expect([
      unleash('IN_CIDR', ['10.0.0.0/8'])('10.1.2.3/16'),
      ours('inIpRange', ['10.0.0.0/8'])('10.1.2.3/16'),
    ]).toEqual([true, false]);
  });
});
