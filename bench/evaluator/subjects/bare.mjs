// @ts-check
import { handWritten } from '../hand-written.mjs';

/** @type {import('../subject.mjs').Load} */
export function load(flags) {
  const functions = handWritten(flags);
  /** @param {string} key @param {import('../work.mjs').User} user */
  const evaluate = (key, user) => {
    const evaluateOne = functions.get(key);
    if (evaluateOne === undefined) throw new Error(`There is no flag ${key}.`);
    return evaluateOne(user);
  };
  return {
    contextOf: (user) => user,
    boolean: evaluate,
    string: evaluate,
    valueOf: ({ value }) => value,
    sameBuckets: true,
  };
}
