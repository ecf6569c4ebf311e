// @ts-check
/**
 * `timer.mjs product|bare`: times one evaluator in a process of its own. Prints one JSON line: for each kind of flag the
 * median nanoseconds of an evaluation over 120 batches of about 4 ms, after 400 ms of warming up. Keys and users rotate.
 */
import { median } from '../measure/statistics.mjs';
import { createUser } from '../environment/flags.mjs';
import { EVALUATORS, keysByKind, users, USERS } from './evaluators.mjs';

const BATCHES = 120;
const BATCH_MS = 4;
const WARMUP_MS = 400;
const NOBODY = createUser(0);

const evaluator = EVALUATORS[process.argv[2] === 'bare' ? 'bare' : 'product']();

/**
 * @param {readonly string[]} keys
 * @param {number} count
 * @returns {number} Milliseconds.
 */
function batch(keys, count) {
  let key = 0;
  let user = 0;
  let on = 0;
  const began = performance.now();
  for (let i = 0; i < count; i++) {
    if (evaluator(keys[key] ?? '', users[user] ?? NOBODY).variant === 'on') on++;
    key = key + 1 === keys.length ? 0 : key + 1;
    user = (user + 1) & (USERS - 1);
  }
  const ms = performance.now() - began;
  // The answers are used, or the loop could be left out.
  if (on === 0) throw new Error('No answer was on.');
  return ms;
}

/** @param {readonly string[]} keys */
function time(keys) {
  let count = 1_000;
  const until = performance.now() + WARMUP_MS;
  while (performance.now() < until) count = Math.max(1_000, Math.round((count * BATCH_MS) / batch(keys, count)));
  return median(Array.from({ length: BATCHES }, () => (batch(keys, count) * 1e6) / count));
}

console.log(JSON.stringify(Object.fromEntries(keysByKind.map(({ kind, keys }) => [kind, time(keys)]))));
