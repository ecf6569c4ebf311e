import { describe, expect, it } from 'vitest';
import { flagdNumber, flagdVersion, unleashNumber, unleashText } from './dialect.ts';

const without = {
  'an object': { valueOf: () => 5, toString: () => '5' },
  'an object that has no text': Object.create(null) as unknown,
  'an empty list': [],
  'a list of a number': [5],
  'a list of a text': ['5'],
  'a big integer': 5n,
  'a symbol': Symbol('5'),
  'a function': () => 5,
  'a text object': Object('5') as unknown,
};
const kinds = Object.entries(without);

describe('the unleash dialect', () => {
  it('reads texts, numbers and booleans as JavaScript writes them', () => {
    const values = ['', ' 5 ', 'true', true, false, 5, -0, 0.1, 1e20, 1e21, 1e-6, 1e-7, -1.5e300, 5e-324, 2 ** 53];
    expect(values.map(unleashText)).toEqual([
      '',
      ' 5 ',
      'true',
      'true',
      'false',
      '5',
      '0',
      '0.1',
      '100000000000000000000',
      '1e+21',
      '0.000001',
      '1e-7',
      '-1.5e+300',
      '5e-324',
      '9007199254740992',
    ]);
  });

  it('reads numbers from texts, not from booleans', () => {
    expect(['5', 5, ' 5\n', '', '5.', '0x1F', true, false].map(unleashNumber)).toEqual([
      5,
      5,
      5,
      0,
      5,
      31,
      Number.NaN,
      Number.NaN,
    ]);
  });

  it.each([['a missing attribute', undefined], ['null', null], ...kinds])('reads nothing in %s', (_, value) => {
    expect(unleashText(value)).toBeNull();
    expect(unleashNumber(value)).toBeNaN();
  });
});

describe('the flagd dialect', () => {
  it('reads a missing attribute as 0, and numbers from texts and booleans', () => {
    expect([undefined, null, '', ' 5 ', '5', 5, true, false, 'true', 'abc'].map(flagdNumber)).toEqual([
      0,
      0,
      0,
      5,
      5,
      5,
      1,
      0,
      Number.NaN,
      Number.NaN,
    ]);
  });

  it('reads versions from texts and numbers', () => {
    expect(['v1.2', 1.2, 3, -0].map(flagdVersion)).toEqual(['1.2.0', '1.2.0', '3.0.0', '0.0.0']);
    expect([true, undefined, null].map(flagdVersion)).toEqual([null, null, null]);
  });

  it.each(kinds)('reads nothing in %s', (_, value) => {
    expect(flagdNumber(value)).toBeNaN();
    expect(flagdVersion(value)).toBeNull();
  });

  it.each([
    '',
    '0x5',
    '0X1f',
    '0o17',
    '0b11',
    '5.',
    '.5',
    '05',
    '+5',
    '-5e-3',
    '1E3',
    'Infinity',
    '-Infinity',
    '1e999',
    '\ufeff5\u2029',
  ])('finds a number in the text %j', (text) => {
    expect(flagdNumber(text)).not.toBeNaN();
  });

  it.each([
    '.',
    '+',
    '-0x5',
    '0x',
    '0b2',
    '5_0',
    '5n',
    '1e',
    'e5',
    'infinity',
    'inf',
    'nan',
    'NaN',
    '1,5',
    '٥',
    '\u180e5',
    '\u00855',
  ])('finds no number in the text %j', (text) => {
    expect(flagdNumber(text)).toBeNaN();
  });
});
