// @ts-check
import { evaluate, prepare } from '@flaghoist/evaluator';
import { createFlag, createUser, FLAG_KINDS, keyOf, kindOf } from '../environment/flags.mjs';
import { handWritten } from './hand-written.mjs';

export const FLAGS = 1_000;
export const USERS = 1_024;

/**
 * @typedef {ReturnType<typeof createUser>} User
 * @typedef {(flagKey: string, user: User) => { value?: unknown; variant?: string; reason: string; rule?: string }} Evaluator
 */

export const users = Array.from({ length: USERS }, (_, number) => createUser(number));

/** The keys of the flags of each kind. */
export const keysByKind = FLAG_KINDS.map((kind) => {
  const numbers = Array.from({ length: FLAGS }, (_, number) => number).filter((number) => kindOf(number) === kind);
  return { kind, keys: numbers.map(keyOf) };
});

/** @type {Readonly<Record<'product' | 'bare', () => Evaluator>>} */
export const EVALUATORS = {
  product() {
    const entities = Array.from({ length: FLAGS }, (_, number) => ({
      kind: /** @type {const} */ ('flag'),
      key: keyOf(number),
      json: JSON.stringify(createFlag(number)),
    }));
    const prepared = prepare(entities);
    if (!prepared.ok) throw new Error(`The ruleset does not prepare: ${JSON.stringify(prepared.problems[0])}`);
    const ruleset = prepared.value;
    return (flagKey, user) => evaluate(ruleset, flagKey, user);
  },
  bare() {
    const functions = handWritten(FLAGS);
    return (flagKey, user) => {
      const evaluateOne = functions.get(flagKey);
      if (evaluateOne === undefined) throw new Error(`There is no flag ${flagKey}.`);
      return evaluateOne(user);
    };
  },
};

/** Throws unless every evaluator gives every flag the same answer for so many users: else their times compare nothing. */
export function requireSameAnswers(usersChecked = 64) {
  const product = EVALUATORS.product();
  const bare = EVALUATORS.bare();
  for (const { keys } of keysByKind)
    for (const key of keys)
      for (const user of users.slice(0, usersChecked)) {
        const [mine, other] = [describe(product(key, user)), describe(bare(key, user))];
        if (mine !== other) throw new Error(`${key} for ${user.targetingKey}: ${mine}, hand-written ${other}`);
      }
}

/** @param {ReturnType<Evaluator>} answer */
function describe({ value, variant, reason, rule }) {
  return JSON.stringify([value, variant, reason, rule]);
}
