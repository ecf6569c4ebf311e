import { FlagdCore } from '@openfeature/flagd-core';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { conditionHolds } from '../../test-support/condition-holds.ts';
import {
  NUMBER_TEXTS,
  NUMBER_UNITS,
  SPACED_VERSION_TEXTS,
  VERSION_TEXTS,
  VERSION_UNITS,
} from '../../test-support/dialect-samples.ts';
import type { Operator } from '../model.ts';

type Operand = string | number | boolean;
type Context = NonNullable<Parameters<FlagdCore['resolveBooleanEvaluation']>[2]>;
type Answer = boolean | 'GENERAL';

const x = { var: 'x' };
const quiet = { debug() {}, info() {}, warn() {}, error() {} };

/** flagd-core's answer to a targeting rule that says whether a condition holds; null is false. */
function flagd(targeting: unknown, disableDynamicCodeGeneration = false): (context: Context) => Answer {
  const core = new FlagdCore(undefined, quiet, { disableDynamicCodeGeneration });
  const variants = { true: true, false: false };
  const flag = { state: 'ENABLED', variants, defaultVariant: 'false', targeting };
  core.setConfigurations(JSON.stringify({ flags: { asked: flag } }));
  return (context) => {
    const { value, errorCode } = core.resolveBooleanEvaluation('asked', false, context);
    if (errorCode === undefined) return value;
    expect(errorCode).toBe('GENERAL');
    return 'GENERAL';
  };
}

function ours(operator: Operator, operand: Operand, negate = false): (context: Context) => boolean {
  return conditionHolds({ attribute: 'x', operator, values: [operand], dialect: 'flagd', negate });
}

const CONTEXTS: readonly Context[] = [
  {},
  { x: null },
  ...NUMBER_TEXTS.map((text) => ({ x: text })),
  ...[0, -0, 1, -1, 5, 0.5, -5, 1e21, 5e-324].map((number) => ({ x: number })),
  { x: true },
  { x: false },
  { x: {} },
  { x: { y: 5 } },
];
const NUMBERS = [0, 1, -1, 5, 0.5, 1e21];
const OPERANDS: readonly Operand[] = [...NUMBERS, '', '0', '1', '5', '5.0', ' ', 'abc', 'true', true, false];
const ORDER: readonly (readonly [string, Operator])[] = [
  ['<', 'lessThan'],
  ['<=', 'lessOrEqual'],
  ['>', 'greaterThan'],
  ['>=', 'greaterOrEqual'],
];

describe.each([
  ['compiled', false],
  ['interpreted', true],
])('flagd-core, %s,', (_, interpreted) => {
  it('equals loosely as our `in` does; where it fails, ours is false', () => {
    let failures = 0;
    for (const operand of OPERANDS) {
      const [equal, unequal] = [flagd({ '==': [x, operand] }, interpreted), flagd({ '!=': [x, operand] }, interpreted)];
      const [isIn, isNotIn] = [ours('in', operand), ours('in', operand, true)];
      for (const context of CONTEXTS) {
        const seen = `${JSON.stringify(context)} and ${JSON.stringify(operand)}`;
        const answer = equal(context);
        if (answer === 'GENERAL') failures++;
        expect(isIn(context), seen).toBe(answer === true);
        expect(isNotIn(context), seen).toBe(unequal(context) !== false);
      }
    }
    expect(failures).toBeGreaterThan(100);
  });

  it('orders as our operators do, a missing attribute as 0; where it fails, ours is false', () => {
    for (const [operator, name] of ORDER) {
      for (const operand of NUMBERS) {
        const [theirs, our] = [flagd({ [operator]: [x, operand] }, interpreted), ours(name, operand)];
        for (const context of CONTEXTS) {
          expect(our(context), `${JSON.stringify(context)} ${operator} ${operand}`).toBe(theirs(context) === true);
        }
      }
    }
  });
});

describe('flagd-core', () => {
  it('reads random texts as the same numbers', () => {
    const numberLike = fc.string({
      unit: fc.constantFrom(...NUMBER_UNITS),
      maxLength: 8,
    });
    const orders = ORDER.map(([operator, name]) => [flagd({ [operator]: [x, 5] }), ours(name, 5)] as const);
    const equals = [5, 0, true, '5', ''].map((one) => [flagd({ '==': [x, one] }), ours('in', one)] as const);
    fc.assert(
      fc.property(fc.oneof(numberLike, fc.double().map(String)), (text) =>
        [...orders, ...equals].every(([theirs, our]) => our({ x: text }) === (theirs({ x: text }) === true)),
      ),
      { numRuns: 2_000 },
    );
  });

  it('compares the start, the end, the inside and strict equality as our standard operators do', () => {
    const contexts: readonly Context[] = [...CONTEXTS, { x: '5abc' }, { x: 'abc5' }, { x: '0a5c' }];
    for (const operand of ['5', 'abc', ' ']) {
      const pairs: readonly (readonly [unknown, Operator])[] = [
        [{ starts_with: [x, operand] }, 'startsWith'],
        [{ ends_with: [x, operand] }, 'endsWith'],
        [{ in: [operand, x] }, 'contains'],
      ];
      for (const [targeting, operator] of pairs) {
        const [theirs, our] = [flagd(targeting), ours(operator, operand)];
        for (const context of contexts) {
          expect(our(context), JSON.stringify([context, targeting])).toBe(theirs(context) === true);
        }
      }
    }
    const strict = conditionHolds({ attribute: 'x', operator: 'in', values: [...OPERANDS] });
    const theirs = flagd({ in: [x, OPERANDS] });
    for (const context of contexts) expect(strict(context), JSON.stringify(context)).toBe(theirs(context));
  });
});

const VERSION_CONTEXTS: readonly Context[] = [
  {},
  ...VERSION_TEXTS.map((text) => ({ x: text })),
  ...SPACED_VERSION_TEXTS.map((text) => ({ x: text })),
  ...[1, 1.2, 1.5, 0, -0, -1, 1e21].map((number) => ({ x: number })),
  { x: true },
  { x: null },
  { x: {} },
];
const SEMVER: readonly (readonly [string, Operator])[] = [
  ['=', 'semverEqual'],
  ['<', 'semverLessThan'],
  ['<=', 'semverLessOrEqual'],
  ['>', 'semverGreaterThan'],
  ['>=', 'semverGreaterOrEqual'],
  ['^', 'semverSameMajor'],
  ['~', 'semverSameMinor'],
];

describe('flagd-core’s sem_ver', () => {
  it.each(SEMVER)('%s is our %s', (operator, name) => {
    for (const operand of ['1.2.3', 'v1.2', '1', '1.2.3-rc.1', ' 1.3.0']) {
      const [theirs, our] = [flagd({ sem_ver: [x, operator, operand] }), ours(name, operand)];
      for (const context of VERSION_CONTEXTS) {
        expect(our(context), `${JSON.stringify(context)} ${operator} ${operand}`).toBe(theirs(context));
      }
    }
  });

  it('!= is less or greater: a text that is no version is not unequal', () => {
    const theirs = flagd({ sem_ver: [x, '!=', '1.2.3'] });
    const [less, greater] = [ours('semverLessThan', '1.2.3'), ours('semverGreaterThan', '1.2.3')];
    for (const context of VERSION_CONTEXTS) {
      expect(less(context) || greater(context), JSON.stringify(context)).toBe(theirs(context));
    }
  });

  it('reads random texts as the same versions', () => {
    const versionLike = fc.string({ unit: fc.constantFrom(...VERSION_UNITS), maxLength: 9 });
    const nearly = fc
      .tuple(fc.constantFrom(...VERSION_TEXTS), fc.nat(8), fc.constantFrom('', 'v', 'V', ' ', '.', '0', '-', '+'))
      .map(([text, at, inserted]) => text.slice(0, at) + inserted + text.slice(at));
    const pairs = SEMVER.map(
      ([operator, name]) => [flagd({ sem_ver: [x, operator, '1.2.1'] }), ours(name, '1.2.1')] as const,
    );
    fc.assert(
      fc.property(
        fc.oneof(versionLike, nearly),
        (text) => text.length > 12 || pairs.every(([theirs, our]) => our({ x: text }) === theirs({ x: text })),
      ),
      { numRuns: 2_000 },
    );
  });
});

describe('the known disagreements with flagd-core', () => {
  it('are lists: it fails or joins them with commas, here any element may match', () => {
    const list: Context = { x: ['1', '5'] };
    expect([flagd({ '==': [x, 5] })(list), ours('in', 5)(list)]).toEqual(['GENERAL', true]);
    expect([flagd({ '<': [x, 2] })(list), ours('lessThan', 2)(list)]).toEqual(['GENERAL', true]);
    expect([flagd({ sem_ver: [x, '=', '5'] })(list), ours('semverEqual', '5')(list)]).toEqual([false, true]);
  });

  it('are literals on the left of its compiled comparison, which we read as on the right', () => {
    const interpreted = flagd({ '==': [0, x] }, true);
    expect([flagd({ '==': [0, x] })({}), interpreted({}), ours('in', 0)({})]).toEqual([false, true, true]);
    expect([flagd({ '==': [0, x] })({ x: 'abc' }), interpreted({ x: 'abc' })]).toEqual([false, 'GENERAL']);
  });

  it('are the text sought in a list, which must be a whole element there, and the empty text sought in itself', () => {
    const contains = (operand: string, context: Context) =>
      [flagd({ in: [operand, x] })(context), ours('contains', operand)(context)] as const;
    expect(contains('pro', { x: ['pro'] })).toEqual([true, true]);
    expect(contains('pro', { x: ['professional'] })).toEqual([false, true]);
    expect(contains('', { x: '' })).toEqual([false, true]);
  });

  it('are versions beyond its limit of doubles', () => {
    const isLess = (one: string, other: string) =>
      [flagd({ sem_ver: [x, '<', other] })({ x: one }), ours('semverLessThan', other)({ x: one })] as const;
    expect(isLess(`1.2.3-${'a'.repeat(251)}`, '2.0.0')).toEqual([false, false]);
    expect(isLess('9007199254740992.0.0', '9007199254740993.0.0')).toEqual([false, true]);
    expect(isLess('1.2.3-9007199254740992', '1.2.3-9007199254740993')).toEqual([false, true]);
    expect(isLess('1.12345678901234567', '1.1.0')).toEqual([true, false]);
  });
});
