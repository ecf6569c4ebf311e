// @ts-check
/**
 * `list-timer.mjs product|bare`: whether a long list costs more than a short one, in a process of its own. Flags with one
 * condition, that an attribute is in a list; half of the users are in it. Prints one JSON line of nanoseconds: `short`, a list
 * of ten; `long`, one of 100,000 which holds those ten, for the same users; `spread`, that one for users from all over it.
 */
import './offline.mjs';
import { evaluate, prepare } from '@flaghoist/evaluator';
import { timeTogether } from './timing.mjs';

const SHORT = 10;
const LONG = 100_000;
const USERS = 1_024;

/** @typedef {{ targetingKey: string; account: string }} User */

/** A text of its own each time, as a request brings it. @param {number} number */
function accountOf(number) {
  return `account-${String(number).padStart(8, '0')}`;
}

/**
 * Every other one has an account from the list, the others have one that is in no list.
 *
 * @param {number} accounts How many of the list's accounts occur.
 * @param {number} length Of the list.
 * @returns {User[]}
 */
function usersOf(accounts, length) {
  const step = length / accounts;
  return Array.from({ length: USERS }, (_, number) => {
    const place = Math.floor((number >> 1) % accounts);
    const account = number % 2 === 0 ? Math.floor(place * step) : LONG + place;
    return { targetingKey: `user-${number}`, account: accountOf(account) };
  });
}

/** @param {number} length @returns {(key: string, user: User) => { value?: unknown }} */
function productOf(length) {
  const values = Array.from({ length }, (_, number) => accountOf(number));
  /** @type {import('@flaghoist/evaluator').FlagConfiguration} */
  const flag = {
    key: 'listed',
    type: 'boolean',
    enabled: true,
    variants: { on: true, off: false },
    rules: [{ id: 'listed', conditions: [{ attribute: 'account', operator: 'in', values }], serve: { variant: 'on' } }],
    default: { variant: 'off' },
  };
  const prepared = prepare([{ kind: 'flag', key: flag.key, json: JSON.stringify(flag) }]);
  if (!prepared.ok) throw new Error(`The ruleset does not prepare: ${JSON.stringify(prepared.problems[0])}`);
  const ruleset = prepared.value;
  return (key, user) => evaluate(ruleset, key, user);
}

/** @param {number} length @returns {(key: string, user: User) => { value?: unknown }} */
function bareOf(length) {
  const values = new Set(Array.from({ length }, (_, number) => accountOf(number)));
  const on = { value: true };
  const off = { value: false };
  return (_key, user) => (values.has(user.account) ? on : off);
}

const create = process.argv[2] === 'bare' ? bareOf : productOf;
const short = create(SHORT);
const long = create(LONG);
const loops = [
  loopOver(short, usersOf(SHORT, SHORT)),
  loopOver(long, usersOf(SHORT, SHORT)),
  loopOver(long, usersOf(USERS / 2, LONG)),
];
const [ofShort, ofLong, ofSpread] = await timeTogether(loops);
console.log(JSON.stringify({ short: ofShort, long: ofLong, spread: ofSpread }));

/**
 * @param {ReturnType<typeof create>} evaluateOne
 * @param {readonly User[]} contexts
 */
function loopOver(evaluateOne, contexts) {
  const hits = contexts.filter((user) => evaluateOne('listed', user).value === true).length;
  if (hits !== USERS / 2) throw new Error(`${hits} of ${USERS} users are in the list, not half of them.`);
  const valueOf = (/** @type {{ value?: unknown }} */ { value }) => value;
  return { keys: ['listed'], contexts, evaluate: evaluateOne, valueOf, wanted: true };
}
