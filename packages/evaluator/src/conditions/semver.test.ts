import { describe, expect, it } from 'vitest';
import { compareToVersion, parseVersion, readLenientVersion, sameMajor, sameMinor, type Version } from './semver.ts';

function version(text: string): Version {
  const parsed = parseVersion(text);
  if (parsed === null) throw new Error(`${text} is no version`);
  return parsed;
}

/** Ascending: the standard's own chain (clause 11), longer identifiers, and numbers that no double holds. */
const ASCENDING = [
  '0.0.0-0',
  '0.0.0',
  '0.0.1',
  '0.1.0-a',
  '0.2.0',
  '0.10.0',
  '1.0.0-0',
  '1.0.0-9',
  '1.0.0-10',
  '1.0.0-9007199254740992',
  '1.0.0-9007199254740993',
  '1.0.0-10000000000000000000000',
  '1.0.0--',
  '1.0.0--1',
  '1.0.0-1a',
  '1.0.0-Z',
  '1.0.0-alpha',
  '1.0.0-alpha.1',
  '1.0.0-alpha.1.0',
  '1.0.0-alpha.beta',
  '1.0.0-beta',
  '1.0.0-beta.2',
  '1.0.0-beta.11',
  '1.0.0-rc.1',
  '1.0.0',
  '1.0.9',
  '1.0.10',
  '1.22.333',
  '2.0.0',
  '10.0.0',
  '999999999999999.0.0',
  '1000000000000000.0.0',
  '9007199254740992.0.0',
  '9007199254740993.0.0-rc',
  '9007199254740993.0.0',
  '9007199254740993.9007199254740993.9007199254740992',
  '9007199254740993.9007199254740993.9007199254740993',
  `1${'0'.repeat(200)}.0.0`,
  `1${'0'.repeat(199)}1.0.0`,
];

const NO_VERSIONS = [
  '',
  ' ',
  '1',
  '1.2',
  '1.2.',
  '1.2.3.',
  '1.2.3.4',
  '.1.2.3',
  '1..2',
  '01.2.3',
  '1.02.3',
  '1.2.03',
  '00.0.0',
  'v1.2.3',
  'V1.2.3',
  '=1.2.3',
  ' 1.2.3',
  '1.2.3 ',
  '1.2.3\n',
  '-1.2.3',
  '+1.2.3',
  '1.-2.3',
  '1.2.x',
  '1,2,3',
  '1.2.3-',
  '1.2.3-a.',
  '1.2.3-.a',
  '1.2.3-a..b',
  '1.2.3-01',
  '1.2.3-a.00',
  '1.2.3-ä',
  '1.2.3-a_b',
  '1.2.3+',
  '1.2.3+a.',
  '1.2.3+a+b',
  '1.2.3-+b',
  '1.2.3-a+',
  '1.2-rc.1',
  '1.2+b',
  '1.2.3a',
  '１.2.3',
  '1.2.3\u0000',
  '1e3.0.0',
];

describe('a version', () => {
  it('comes before every later one of an ascending list, and after every earlier one', () => {
    for (const [index, text] of ASCENDING.entries()) {
      for (const [against, other] of ASCENDING.entries()) {
        const order = compareToVersion(text, version(other));
        expect(Math.sign(order), `${text} against ${other}`).toBe(Math.sign(index - against));
      }
    }
  });

  it('is whatever its build metadata is', () => {
    for (const text of ['1.2.3', '1.2.3-rc.1']) {
      for (const build of ['+b', '+001', '+a.b-c.0', '+-']) {
        expect(compareToVersion(`${text}${build}`, version(text))).toBe(0);
        expect(compareToVersion(text, version(`${text}${build}`))).toBe(0);
      }
    }
  });

  it('may have hyphens in its pre-release and its build metadata', () => {
    expect(version('1.2.3-a-b.-.--+c-d').preRelease).toEqual(['a-b', '-', '--']);
    expect(compareToVersion('1.2.3+a-b', version('1.2.3'))).toBe(0);
  });

  it('has exactly three numbers without leading zeros and well-formed identifiers', () => {
    for (const text of NO_VERSIONS) {
      expect(parseVersion(text), text).toBeNull();
      expect(compareToVersion(text, version('1.2.3')), text).toBeNaN();
      expect(sameMajor(text, version('1.2.3')), text).toBe(false);
      expect(sameMinor(text, version('1.2.3')), text).toBe(false);
    }
  });

  it('shares its major number with versions on both sides of it', () => {
    const wanted = version('1.22.3');
    for (const text of ['1.22.3', '1.0.0', '1.99.0', '1.0.0-rc.1', '1.22.3+b'])
      expect(sameMajor(text, wanted)).toBe(true);
    for (const text of ['11.22.3', '0.22.3', '2.0.0', '10.0.0', '1.22', '1.22.3-']) {
      expect(sameMajor(text, wanted)).toBe(false);
    }
  });

  it('shares its minor number with versions on both sides of it', () => {
    const wanted = version('1.22.3-rc.1');
    for (const text of ['1.22.3', '1.22.0', '1.22.99', '1.22.0-a']) expect(sameMinor(text, wanted)).toBe(true);
    for (const text of ['1.2.3', '1.220.3', '2.22.3', '1.21.3', '1.22.x']) expect(sameMinor(text, wanted)).toBe(false);
  });

  it('has at most 256 characters, and a text of a million is none', () => {
    expect(compareToVersion(`1.0.0-${'a'.repeat(250)}`, version('1.0.0'))).toBeLessThan(0);
    expect(compareToVersion(`1.0.0-${'a'.repeat(251)}`, version('1.0.0'))).toBeNaN();
    expect(compareToVersion(`${'9'.repeat(1_000_000)}.0.0`, version('1.0.0'))).toBeNaN();
    expect(parseVersion(`1.0.0-${'a.'.repeat(500_000)}b`)).toBeNull();
  });
});

describe('a lenient version', () => {
  it.each([
    ['1.2.3', '1.2.3'],
    ['v1.2.3', '1.2.3'],
    ['V1.2.3-rc.1+b', '1.2.3-rc.1'],
    ['vv1.2.3', '1.2.3'],
    ['Vv1.2.3', '1.2.3'],
    ['v 1.2.3', '1.2.3'],
    [' v1.2.3', '1.2.3'],
    ['\u00a01.2.3\n\ufeff', '1.2.3'],
    ['1', '1.0.0'],
    ['v1', '1.0.0'],
    ['V1.2', '1.2.0'],
    ['0', '0.0.0'],
  ])('%j is %s', (text, wanted) => {
    expect(compareToVersion(readLenientVersion(text), version(wanted))).toBe(0);
  });

  it.each([
    'vV1.2.3',
    ' V1.2.3',
    ' vv1.2.3',
    '=1.2.3',
    'v=1.2.3',
    '1.2.3.4',
    '1.2-rc.1',
    '1-rc',
    '1.2+b',
    '01',
    '1.02',
    '01.2.3',
  ])('%j is none', (text) => {
    expect(parseVersion(readLenientVersion(text))).toBeNull();
  });

  it.each(['', 'v', ' ', ' 1', '1 ', '1\n', 'vv1', '1.', '.1', '1.2.', '-1', '1.-1', '1e3', '\u180e1.2.3', '９'])(
    '%j is no padded one either',
    (text) => {
      expect(parseVersion(readLenientVersion(text))).toBeNull();
    },
  );
});
