import * as fc from 'fast-check';
import { describe, it } from 'vitest';
import { compareToVersion, parseVersion, sameMajor, sameMinor } from './semver.ts';

const RUNS = { numRuns: 5_000 };

/** The regular expression that semver.org suggests. */
const OFFICIAL =
  /^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(?:-((?:0|[1-9]\d*|\d*[a-zA-Z-][0-9a-zA-Z-]*)(?:\.(?:0|[1-9]\d*|\d*[a-zA-Z-][0-9a-zA-Z-]*))*))?(?:\+([0-9a-zA-Z-]+(?:\.[0-9a-zA-Z-]+)*))?$/;

/** Precedence by the standard's words, with big integers; NaN when one of the texts is no version. */
function reference(one: string, other: string): number {
  const [a, b] = [OFFICIAL.exec(one), OFFICIAL.exec(other)];
  if (a === null || b === null) return Number.NaN;
  for (const part of [1, 2, 3]) {
    const difference = BigInt(a[part] ?? '') - BigInt(b[part] ?? '');
    if (difference !== 0n) return difference < 0n ? -1 : 1;
  }
  if (a[4] === undefined || b[4] === undefined) return Number(a[4] === undefined) - Number(b[4] === undefined);
  const [mine, others] = [a[4].split('.'), b[4].split('.')];
  for (let index = 0; index < Math.min(mine.length, others.length); index++) {
    const order = identifiers(mine[index] ?? '', others[index] ?? '');
    if (order !== 0) return order;
  }
  return Math.sign(mine.length - others.length);
}

function identifiers(one: string, other: string): number {
  const [isOne, isOther] = [/^\d+$/.test(one), /^\d+$/.test(other)];
  if (isOne && isOther) return BigInt(one) < BigInt(other) ? -1 : BigInt(one) > BigInt(other) ? 1 : 0;
  if (isOne !== isOther) return isOne ? -1 : 1;
  return Math.sign(Buffer.compare(Buffer.from(one), Buffer.from(other)));
}

const number = fc.oneof(
  { weight: 6, arbitrary: fc.nat(3).map(String) },
  fc.constantFrom('10', '22', '333', '999999999999999', '1000000000000000', '9007199254740992', '9007199254740993'),
  fc.bigInt({ min: 0n, max: 10n ** 30n }).map(String),
);
const identifier = fc.oneof(
  fc.constantFrom('0', '1', '2', '11', 'alpha', 'beta', 'rc', 'RC', '-', '1a', 'a-1', '9007199254740993'),
  fc.stringMatching(/^[0-9A-Za-z-]{1,3}$/),
);
const tail = (sign: string) =>
  fc
    .option(fc.array(identifier, { minLength: 1, maxLength: 3 }), { nil: null, freq: 2 })
    .map((parts) => (parts === null ? '' : `${sign}${parts.join('.')}`));
const version = fc
  .tuple(number, number, number, tail('-'), tail('+'))
  .map(([major, minor, patch, preRelease, build]) => `${major}.${minor}.${patch}${preRelease}${build}`);

/** Versions, versions with one character replaced or added, and texts of any kind. */
const anyText = fc.oneof(
  { weight: 4, arbitrary: version },
  fc
    .tuple(version, fc.nat(12), fc.constantFrom('', '.', '0', '-', '+', ' ', 'v', 'é', '٣'), fc.boolean())
    .map(([text, at, inserted, replaces]) => text.slice(0, at) + inserted + text.slice(at + (replaces ? 1 : 0))),
  fc.string({ unit: 'binary', maxLength: 12 }),
);

describe('the order of versions', () => {
  it('is the standard’s for any two texts, and none when one is no version', () => {
    fc.assert(
      fc.property(anyText, anyText, (text, other) => {
        const parsed = parseVersion(other);
        if (parsed === null) return !OFFICIAL.test(other);
        return OFFICIAL.test(other) && Object.is(Math.sign(compareToVersion(text, parsed)), reference(text, other));
      }),
      RUNS,
    );
  });

  it('is antisymmetric and transitive', () => {
    const order = (one: string, other: string) => {
      const parsed = parseVersion(other);
      return parsed === null ? Number.NaN : compareToVersion(one, parsed);
    };
    const valid = version.filter((text) => parseVersion(text) !== null);
    fc.assert(
      fc.property(valid, valid, valid, (a, b, c) => {
        const isAntisymmetric = Math.sign(order(a, b)) === 0 - Math.sign(order(b, a)) && order(a, a) === 0;
        return isAntisymmetric && (order(a, b) > 0 || order(b, c) > 0 || order(a, c) <= 0);
      }),
      RUNS,
    );
  });

  it('says which versions share major and minor numbers', () => {
    const same = (one: string, other: string, parts: number) =>
      OFFICIAL.test(one) && one.split(/[.+-]/, parts).join('.') === other.split(/[.+-]/, parts).join('.');
    fc.assert(
      fc.property(anyText, version, (text, other) => {
        const parsed = parseVersion(other);
        if (parsed === null) return true;
        return sameMajor(text, parsed) === same(text, other, 1) && sameMinor(text, parsed) === same(text, other, 2);
      }),
      RUNS,
    );
  });
});
