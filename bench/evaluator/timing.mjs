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
 * The median of 120 batches of about 4 ms, after 300 ms of warming up.
 *
 * @param {Loop} loop
 */
export async function timeLoop(loop) {
  const [time = Number.NaN] = await timeTogether([loop]);
  return time;
}

/**
 * The same of several loops at once: first all of them warm up, for code that has seen one of them only is faster than it will
 * ever be again; then their batches take turns, so that a busy machine slows them alike.
 *
 * @param {readonly Loop[]} loops
 */
export async function timeTogether(loops) {
  const timed = [];
  for (const loop of loops) timed.push({ loop, count: await warmUp(loop), times: /** @type {number[]} */ ([]) });
  for (let i = 0; i < BATCHES; i++)
    for (const { loop, count, times } of timed) times.push(((await batchOf(loop, count)) * 1e6) / count);
  return timed.map(({ times }) => median(times));
}

/** How many evaluations make a batch. @param {Loop} loop */
async function warmUp(loop) {
  let count = LEAST;
  const until = performance.now() + WARMUP_MS;
  while (performance.now() < until)
    count = Math.max(LEAST, Math.round((count * BATCH_MS) / Math.max(0.01, await batchOf(loop, count))));
  return count;
}

/**
 * Milliseconds.
 *
 * @param {Loop} loop
 * @param {number} count
 */
function batchOf(loop, count) {
  return loop.waits === true ? waitingBatch(loop, count) : plainBatch(loop, count);
}

/**
 * Starts a clock; the function tells the milliseconds since. It tells the time that passed, or the processor time that this
 * process used where that is less: while others had the processor, nothing was measured.
 */
export function startClock() {
  const processor = process.cpuUsage();
  const began = performance.now();
  return () => {
    const passed = performance.now() - began;
    const { user, system } = process.cpuUsage(processor);
    return Math.min(passed, (user + system) / 1_000);
  };
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
  const clock = startClock();
  for (let i = 0; i < count; i++) {
    if (valueOf(evaluate(/** @type {string} */ (keys[key]), contexts[context])) === wanted) hits++;
    key = key + 1 === keys.length ? 0 : key + 1;
    context = context + 1 === contexts.length ? 0 : context + 1;
  }
  const ms = clock();
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
  const clock = startClock();
  for (let i = 0; i < count; i++) {
    if (valueOf(await evaluate(/** @type {string} */ (keys[key]), contexts[context])) === wanted) hits++;
    key = key + 1 === keys.length ? 0 : key + 1;
    context = context + 1 === contexts.length ? 0 : context + 1;
  }
  const ms = clock();
  requireHits(hits);
  return ms;
}

/** The answers are used, or the loop could be left out. @param {number} hits */
function requireHits(hits) {
  if (hits === 0) throw new Error('No answer was the wanted one.');
}
