// @ts-check
/**
 * `allocation.mjs SUBJECT FLAGS`, with --expose-gc and a young generation that holds all of it: bytes that one evaluation
 * allocates, over a million of each kind, as one JSON line.
 */
import './offline.mjs';
import { PerformanceObserver } from 'node:perf_hooks';
import { loadSubject } from './subject.mjs';
import { createFlags, keysOf, KINDS, users } from './work.mjs';

const EVALUATIONS = 1_000_000;
const [name = '', count = ''] = process.argv.slice(2);
const flags = createFlags(Number(count));
const subject = await loadSubject(name, flags);
const contexts = users.map((user) => subject.contextOf(user));
let collections = 0;
new PerformanceObserver((list) => {
  collections += list.getEntries().length;
}).observe({ entryTypes: ['gc'] });

/** @param {readonly string[]} keys @param {(key: string, context: any) => any} evaluate */
function run(keys, evaluate) {
  let key = 0;
  let context = 0;
  for (let i = 0; i < EVALUATIONS; i++) {
    subject.valueOf(evaluate(/** @type {string} */ (keys[key]), contexts[context]));
    key = key + 1 === keys.length ? 0 : key + 1;
    context = context + 1 === contexts.length ? 0 : context + 1;
  }
}

/** Lets the observer hear of collections. */
const pause = () => new Promise((resolve) => setTimeout(resolve, 20));
/** @type {Record<string, number>} */
const bytes = {};
for (const { type, work } of KINDS) {
  const keys = keysOf(flags, { type, work });
  // Twice: compiling takes memory, too, and goes on in the background for a while.
  for (let i = 0; i < 2; i++) run(keys, subject[type]);
  await pause();
  globalThis.gc?.();
  await pause();
  const collectionsBefore = collections;
  const before = process.memoryUsage().heapUsed;
  run(keys, subject[type]);
  const after = process.memoryUsage().heapUsed;
  await pause();
  if (collections !== collectionsBefore) throw new Error(`Something was collected meanwhile (${type} ${work}).`);
  bytes[`${type} ${work}`] = (after - before) / EVALUATIONS;
}
console.log(JSON.stringify(bytes));
await subject.close?.();
process.exit(0);
