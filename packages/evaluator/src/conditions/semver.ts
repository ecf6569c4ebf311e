/** Versions by Semantic Versioning 2.0.0 (semver.org), their numbers of any size. */
import { VERSION_LENGTH } from '../limits.ts';

/** A version as the operand of comparisons. */
export interface Version {
  readonly major: number;
  readonly minor: number;
  readonly patch: number;
  /** The same three numbers as they are written, with dots between: as numbers, the huge ones lose digits. */
  readonly release: string;
  /** Empty: a release. */
  readonly preRelease: readonly string[];
}

/** Shared, because most versions are releases, and conditions hold thousands of them. */
const RELEASE: readonly string[] = [];

const INCOMPLETE = /^[0-9]+(?:\.[0-9]+)?$/;
const FOREIGN_TO_IDENTIFIER = /[^0-9A-Za-z-]/;
const FOREIGN_TO_NUMBER = /[^0-9]/;
/** Whatever has at most so many digits is exact as a number, and smaller than whatever has more. */
const EXACT_DIGITS = 15;
const ZERO = 48;
const DOT = 46;

/**
 * The version that the whole text is, or null: exactly three numbers without leading zeros, then perhaps a pre-release and
 * build metadata. No `v`, no white space, nothing left out, at most `LIMITS.versionLength` code units.
 */
export function parseVersion(text: string): Version | null {
  if (text.length > VERSION_LENGTH) return null;
  const plus = text.indexOf('+');
  const version = plus < 0 ? text : text.slice(0, plus);
  const dash = version.indexOf('-');
  const release = dash < 0 ? version : version.slice(0, dash);
  const digits = release.split('.', 4);
  const preRelease = dash < 0 ? RELEASE : version.slice(dash + 1).split('.');
  const build = plus < 0 ? [] : text.slice(plus + 1).split('.');
  const [major, minor, patch] = digits;
  if (major === undefined || minor === undefined || patch === undefined || digits.length > 3) return null;
  if (!digits.every(isNumber) || !preRelease.every(isPreRelease) || !build.every(isIdentifier)) return null;
  return { major: Number(major), minor: Number(minor), patch: Number(patch), release, preRelease };
}

/**
 * The order of a text and a version by the standard's precedence: negative, zero or positive; NaN when the text is no
 * version (see `parseVersion`). Build metadata does not count. A release such as `1.22.333` is compared without allocating.
 */
export function compareToVersion(text: string, version: Version): number {
  if (text.length > VERSION_LENGTH) return Number.NaN;
  let at = 0;
  let order = 0;
  for (let part = 0; part < 3; part++) {
    if (part > 0 && text.charCodeAt(at++) !== DOT) return Number.NaN;
    const start = at;
    let value = 0;
    for (; at < text.length; at++) {
      const digit = text.charCodeAt(at) - ZERO;
      if (!(digit >= 0 && digit <= 9)) break;
      value = value * 10 + digit;
    }
    const length = at - start;
    if (length === 0 || (length > 1 && text.charCodeAt(start) === ZERO)) return Number.NaN;
    if (length > EXACT_DIGITS) return compareParsed(text, version);
    if (order === 0) order = value - (part === 0 ? version.major : part === 1 ? version.minor : version.patch);
  }
  if (at < text.length) return compareParsed(text, version);
  return order === 0 ? version.preRelease.length : order;
}

/** Whether the text is a version with this version's major number. */
export function sameMajor(text: string, version: Version): boolean {
  return hasPart(text, version, version.release.indexOf('.')) && !Number.isNaN(compareToVersion(text, version));
}

/** Whether the text is a version with this version's major and minor numbers. */
export function sameMinor(text: string, version: Version): boolean {
  return hasPart(text, version, version.release.lastIndexOf('.')) && !Number.isNaN(compareToVersion(text, version));
}

/** Whether the text begins as the release does, up to its dot at `end`, that one included. */
function hasPart(text: string, { release }: Version, end: number): boolean {
  return text.startsWith(release.slice(0, end + 1));
}

/**
 * The text that flagd's `sem_ver` reads as a version, for the functions above to judge: one leading `v` or `V` is dropped,
 * `1` and `1.2` are padded to three numbers, and around a complete version there may be white space, and before it one more
 * small `v`. A text that is no version stays none.
 */
export function readLenientVersion(text: string): string {
  const rest = text.startsWith('v') || text.startsWith('V') ? text.slice(1) : text;
  if (INCOMPLETE.test(rest)) return rest.includes('.') ? `${rest}.0` : `${rest}.0.0`;
  const trimmed = rest.trim();
  return trimmed.startsWith('v') ? trimmed.slice(1) : trimmed;
}

function compareParsed(text: string, version: Version): number {
  const parsed = parseVersion(text);
  return parsed === null ? Number.NaN : compareVersions(parsed, version);
}

/** The order of two versions by the standard's precedence: negative, zero or positive. */
export function compareVersions(parsed: Version, version: Version): number {
  const digits = version.release.split('.');
  for (const [index, number] of parsed.release.split('.').entries()) {
    const order = compareNumbers(number, digits[index] ?? '');
    if (order !== 0) return order;
  }
  return comparePreReleases(parsed.preRelease, version.preRelease);
}

/** Clause 11 of the standard: a release comes after its pre-releases; more identifiers come after fewer. */
function comparePreReleases(one: readonly string[], other: readonly string[]): number {
  if (one.length === 0 || other.length === 0) return other.length - one.length;
  for (const [index, identifier] of one.entries()) {
    const against = other[index];
    if (against === undefined) return 1;
    const order = compareIdentifiers(identifier, against);
    if (order !== 0) return order;
  }
  return one.length - other.length;
}

function compareIdentifiers(one: string, other: string): number {
  const isOneNumber = isNumber(one);
  if (isOneNumber !== isNumber(other)) return isOneNumber ? -1 : 1;
  return isOneNumber ? compareNumbers(one, other) : compareTexts(one, other);
}

/** Without leading zeros, the longer number is the greater. */
function compareNumbers(one: string, other: string): number {
  return one.length - other.length || compareTexts(one, other);
}

function compareTexts(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}

function isNumber(text: string): boolean {
  return text !== '' && !FOREIGN_TO_NUMBER.test(text) && (text.length === 1 || !text.startsWith('0'));
}

function isIdentifier(text: string): boolean {
  return text !== '' && !FOREIGN_TO_IDENTIFIER.test(text);
}

/** Any identifier that is not a number with leading zeros. */
function isPreRelease(text: string): boolean {
  return isIdentifier(text) && (FOREIGN_TO_NUMBER.test(text) || isNumber(text));
}
