// @ts-check
/** Nanoseconds of one evaluation in a loop. */
import { median } from '../measure/statistics.mjs';

const BATCHES = 120;
const BATCH_MS = 4;
const WARMUP_MS = 300;
const LEAST = 100;

/**
 * @typedef {object} Loop Keys and contexts rotate, so that no evaluation repeats the one before.
 * @property {readonly string[]} keys
 * @property {readonly any[]} contexts
 * @property {(key: string, context: any) => any} evaluate
 * @property {(details: any) => unknown} valueOf
 * @property {unknown} wanted A value that some of the answers have.
 * @property {boolean} [waits] `evaluate` answers with promises.
 */

/**
 * The median of so many batches of about 4 ms, after 300 ms of warming up.
 *
 * @param {Loop} loop
 * @param {number} [batches]
 */
export async function timeLoop(loop, batches = BATCHES) {
  const batch = loop.waits === true ? waitingBatch : plainBatch;
  let count = LEAST;
  const until = performance.now() + WARMUP_MS;
  while (performance.now() < until)
    count = Math.max(LEAST, Math.round((count * BATCH_MS) / Math.max(0.01, await batch(loop, count))));
  const times = [];
  for (let i = 0; i < batches; i++) times.push(((await batch(loop, count)) * 1e6) / count);
  return median(times);
}

/**
 * @param {Loop} loop
 * @param {number} count
 * @returns {number} Milliseconds.
 */
function plainBatch({ keys, contexts, evaluate, valueOf, wanted }, count) {
  let key = 0;
  let context = 0;
  let hits = 0;
  const began = performance.now();
  for (let i = 0; i < count; i++) {
    if (valueOf(evaluate(/** @type {string} */ (keys[key]), contexts[context])) === wanted) hits++;
    key = key + 1 === keys.length ? 0 : key + 1;
    context = context + 1 === contexts.length ? 0 : context + 1;
  }
  const ms = performance.now() - began;
  requireHits(hits);
  return ms;
}

/**
 * @param {Loop} loop
 * @param {number} count
 * @returns {Promise<number>} Milliseconds.
 */
async function waitingBatch({ keys, contexts, evaluate, valueOf, wanted }, count) {
  let key = 0;
  let context = 0;
  let hits = 0;
  const began = performance.now();
  for (let i = 0; i < count; i++) {
    if (valueOf(await evaluate(/** @type {string} */ (keys[key]), contexts[context])) === wanted) hits++;
    key = key + 1 === keys.length ? 0 : key + 1;
    context = context + 1 === contexts.length ? 0 : context + 1;
  }
  const ms = performance.now() - began;
  requireHits(hits);
  return ms;
}

/** The answers are used, or the loop could be left out. @param {number} hits */
function requireHits(hits) {
  if (hits === 0) throw new Error('No answer was the wanted one.');
}
