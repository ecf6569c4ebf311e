// @ts-check
/**
 * The floor: what somebody writes who needs these flags, for ever, and no product: a function for each, in a Map. Its
 * answers are made beforehand and say what an evaluation says.
 */
import { ageOf, COUNTRIES, domainOf, keyOf, kindOf } from '../environment/flags.mjs';

/**
 * @typedef {ReturnType<typeof import('../environment/flags.mjs').createUser>} User
 * @typedef {{ value: boolean; variant: string; reason: string; rule?: string }} Answer
 */

/**
 * @param {number} count
 * @returns {Map<string, (user: User) => Answer>}
 */
export function handWritten(count) {
  return new Map(Array.from({ length: count }, (_, number) => [keyOf(number), createFunction(number)]));
}

/**
 * @param {number} number
 * @returns {(user: User) => Answer}
 */
function createFunction(number) {
  const kind = kindOf(number);
  if (kind === 'static') return alwaysOn();
  return kind === 'rules' ? threeRules(domainOf(number), ageOf(number)) : halfAndHalf(keyOf(number));
}

function alwaysOn() {
  const on = { value: true, variant: 'on', reason: 'STATIC' };
  return () => on;
}

/**
 * @param {string} domain
 * @param {number} age
 * @returns {(user: User) => Answer}
 */
function threeRules(domain, age) {
  const countries = new Set(COUNTRIES);
  const staff = { value: true, variant: 'on', reason: 'TARGETING_MATCH', rule: 'staff' };
  const elder = { value: true, variant: 'on', reason: 'TARGETING_MATCH', rule: 'elders' };
  const local = { value: true, variant: 'on', reason: 'TARGETING_MATCH', rule: 'countries' };
  const off = { value: false, variant: 'off', reason: 'DEFAULT' };
  return (user) => {
    if (user.email.endsWith(domain)) return staff;
    if (user.age > age) return elder;
    if (countries.has(user.country)) return local;
    return off;
  };
}

/**
 * @param {string} salt
 * @returns {(user: User) => Answer}
 */
function halfAndHalf(salt) {
  const on = { value: true, variant: 'on', reason: 'SPLIT' };
  const off = { value: false, variant: 'off', reason: 'SPLIT' };
  return (user) => (murmur3(salt + user.targetingKey) < 0x80000000 ? on : off);
}

/**
 * MurmurHash3 x86 32 bit, seed 0, of a text that is known to be ASCII.
 *
 * @param {string} text
 */
function murmur3(text) {
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
