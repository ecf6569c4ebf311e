import { describe, expect, it } from 'vitest';
import { describeAllowed, formatDuration, parseSetting } from './parse-setting.ts';
import type { SettingDefinition } from './setting-definition.ts';

const REFUSED = Symbol('refused');

function parse(setting: Record<string, unknown>, given: unknown): unknown {
  const parsed = parseSetting({ description: 'd', ...setting } as unknown as SettingDefinition, given);
  return parsed.ok ? parsed.value : REFUSED;
}

describe('parseSetting', () => {
  it.each([
    ['12', 12],
    [' 12 ', 12],
    ['-3', -3],
    ['+3', 3],
    ['007', 7],
    [12, 12],
    ['12.0', REFUSED],
    [1.5, REFUSED],
    ['0x10', REFUSED],
    ['1e3', REFUSED],
    ['', REFUSED],
    ['9007199254740992', REFUSED],
    [Number.NaN, REFUSED],
    [true, REFUSED],
    [[1], REFUSED],
  ])('reads %j as the whole number %s', (given, expected) => {
    expect(parse({ kind: 'integer' }, given)).toBe(expected);
  });

  it('counts both bounds in', () => {
    const between = { kind: 'integer', min: 1, max: 3 };
    expect([0, 1, 3, 4].map((given) => parse(between, given))).toEqual([REFUSED, 1, 3, REFUSED]);
  });

  it.each([
    [true, true],
    ['TRUE', true],
    ['yes', true],
    ['on', true],
    ['1', true],
    [1, true],
    [false, false],
    ['no', false],
    ['off', false],
    ['0', false],
    [' false ', false],
    ['', REFUSED],
    ['y', REFUSED],
    [2, REFUSED],
    [null, REFUSED],
  ])('reads %j as the truth value %s', (given, expected) => {
    expect(parse({ kind: 'boolean' }, given)).toBe(expected);
  });

  it.each([
    ['250ms', 250],
    ['30s', 30_000],
    ['1.5s', 1_500],
    ['5 m', 300_000],
    ['1h', 3_600_000],
    ['7d', 604_800_000],
    ['0s', 0],
    ['30', REFUSED],
    [30, REFUSED],
    ['-1s', REFUSED],
    ['0.5ms', REFUSED],
    ['1w', REFUSED],
    ['s', REFUSED],
    ['99999999999999d', REFUSED],
  ])('reads %j as the duration %s', (given, expected) => {
    expect(parse({ kind: 'duration' }, given)).toBe(expected);
  });

  it.each([
    ['a,b', ['a', 'b']],
    [' a , b ,', ['a', 'b']],
    ['', []],
    [
      ['b', 'a', 'b'],
      ['b', 'a'],
    ],
    [[], []],
    [[1], REFUSED],
    [5, REFUSED],
    [{ a: 1 }, REFUSED],
  ])('reads %j as the list %j', (given, expected) => {
    expect(parse({ kind: 'list' }, given)).toEqual(expected);
  });

  it('takes a text as it is, and a choice only as it is written', () => {
    expect(parse({ kind: 'string' }, ' a ')).toBe(' a ');
    expect(parse({ kind: 'string' }, 12)).toBe(REFUSED);
    expect(parse({ kind: 'choice', choices: ['info', 'debug'] }, 'debug')).toBe('debug');
    expect(parse({ kind: 'choice', choices: ['info', 'debug'] }, 'Debug')).toBe(REFUSED);
  });
});

describe('describeAllowed', () => {
  it.each([
    [{ kind: 'integer', min: 1 }, 'a whole number of at least 1'],
    [{ kind: 'integer', max: 9 }, 'a whole number of at most 9'],
    [{ kind: 'integer' }, 'a whole number'],
    [{ kind: 'choice', choices: ['a'] }, 'a'],
    [{ kind: 'choice', choices: ['a', 'b', 'c'] }, 'a, b or c'],
    [{ kind: 'list', max: 2 }, 'a list of texts of at most 2 items'],
  ] as const)('says of %j: %s', (setting, text) => {
    expect(describeAllowed({ description: 'd', ...setting })).toBe(text);
  });

  it('writes durations in the largest unit that is exact', () => {
    expect([0, 1, 1_500, 90_000, 120_000, 3_600_000, 172_800_000].map(formatDuration)).toEqual([
      '0ms',
      '1ms',
      '1500ms',
      '90s',
      '2m',
      '1h',
      '2d',
    ]);
  });
});
