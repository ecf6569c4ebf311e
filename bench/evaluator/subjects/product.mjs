// @ts-check
import { evaluate, prepare } from '@flaghoist/evaluator';
import { toEntities } from '../entities.mjs';

/** @type {import('../subject.mjs').Load} */
export function load(flags) {
  const prepared = prepare(toEntities(flags));
  if (!prepared.ok) throw new Error(`The ruleset does not prepare: ${JSON.stringify(prepared.problems[0])}`);
  const ruleset = prepared.value;
  /** @param {string} key @param {import('../work.mjs').User} user */
  const evaluateOne = (key, user) => evaluate(ruleset, key, user);
  return {
    contextOf: (user) => user,
    boolean: evaluateOne,
    string: evaluateOne,
    valueOf: ({ value }) => value,
    sameBuckets: true,
  };
}
