// @ts-check
/**
 * The floor: what somebody writes who needs these flags, for ever, and no product: a function for each, in a Map. Its
 * answers are made beforehand and say what an evaluation says.
 *
 * It leaves out what it knows not to need: its users have every attribute, as a text and never as a list; their versions are
 * three small numbers without pre-release or build; their ids are ASCII; nothing is ever off.
 */
import { COUNTRIES, NAMES, OTHER, WANTED } from './work.mjs';

/**
 * @typedef {import('./work.mjs').Flag} Flag
 * @typedef {import('./work.mjs').User} User
 * @typedef {{ value: boolean | string; variant: string; reason: string; rule?: string }} Answer
 */

/**
 * @param {readonly Flag[]} flags
 * @returns {Map<string, (user: User) => Answer>}
 */
export function handWritten(flags) {
  return new Map(flags.map((flag) => [flag.key, createFunction(flag)]));
}

/**
 * @param {Flag} flag
 * @returns {(user: User) => Answer}
 */
function createFunction({ key, type, work, domain, version }) {
  const wanted = { value: WANTED[type], variant: NAMES[type].wanted };
  const other = { value: OTHER[type], variant: NAMES[type].other };
  if (work === 'static') return always({ ...wanted, reason: 'STATIC' });
  if (work === 'rollout') return halfAndHalf(key, { ...wanted, reason: 'SPLIT' }, { ...other, reason: 'SPLIT' });
  return threeRules(domain, version, wanted, { ...other, reason: 'DEFAULT' });
}

/** @param {Answer} answer */
function always(answer) {
  return () => answer;
}

/**
 * @param {string} domain
 * @param {string} version
 * @param {{ value: boolean | string; variant: string }} wanted
 * @param {Answer} otherwise
 * @returns {(user: User) => Answer}
 */
function threeRules(domain, version, wanted, otherwise) {
  const [major = 0, minor = 0, patch = 0] = version.split('.').map(Number);
  const countries = new Set(COUNTRIES);
  const staff = { ...wanted, reason: 'TARGETING_MATCH', rule: 'staff' };
  const early = { ...wanted, reason: 'TARGETING_MATCH', rule: 'early' };
  const local = { ...wanted, reason: 'TARGETING_MATCH', rule: 'countries' };
  return (user) => {
    if (user.email.endsWith(domain)) return staff;
    if (isNewer(user.appVersion, major, minor, patch)) return early;
    if (countries.has(user.country)) return local;
    return otherwise;
  };
}

/**
 * @param {string} version Of the form 1.2.3.
 * @param {number} major
 * @param {number} minor
 * @param {number} patch
 */
function isNewer(version, major, minor, patch) {
  const first = version.indexOf('.');
  const second = version.indexOf('.', first + 1);
  const itsMajor = digits(version, 0, first);
  if (itsMajor !== major) return itsMajor > major;
  const itsMinor = digits(version, first + 1, second);
  if (itsMinor !== minor) return itsMinor > minor;
  return digits(version, second + 1, version.length) > patch;
}

/**
 * @param {string} text
 * @param {number} from
 * @param {number} to
 */
function digits(text, from, to) {
  let number = 0;
  for (let i = from; i < to; i++) number = number * 10 + text.charCodeAt(i) - 48;
  return number;
}

/**
 * @param {string} salt
 * @param {Answer} wanted
 * @param {Answer} other
 * @returns {(user: User) => Answer}
 */
function halfAndHalf(salt, wanted, other) {
  return (user) => (murmur3(salt + user.targetingKey) < 0x80000000 ? wanted : other);
}

/**
 * MurmurHash3 x86 32 bit, seed 0, of a text that is known to be ASCII.
 *
 * @param {string} text
 */
export function murmur3(text) {
  const { length } = text;
  const whole = length & ~3;
  let hash = 0;
  for (let i = 0; i < whole; i += 4) {
    const word =
      text.charCodeAt(i) |
      (text.charCodeAt(i + 1) << 8) |
      (text.charCodeAt(i + 2) << 16) |
      (text.charCodeAt(i + 3) << 24);
    hash ^= scramble(word);
    hash = (Math.imul((hash << 13) | (hash >>> 19), 5) + 0xe6546b64) | 0;
  }
  let rest = 0;
  for (let i = length - 1; i >= whole; i--) rest = (rest << 8) | text.charCodeAt(i);
  hash ^= scramble(rest) ^ length;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

/** @param {number} word */
function scramble(word) {
  const product = Math.imul(word, 0xcc9e2d51);
  return Math.imul((product << 15) | (product >>> 17), 0x1b873593);
}
