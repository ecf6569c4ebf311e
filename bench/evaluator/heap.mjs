// @ts-check
/**
 * `heap.mjs SUBJECT FLAGS`, with --expose-gc: kilobytes of live heap with so many flags loaded, and then with each evaluated
 * once, as one JSON line. Only differences say something: the numbers hold all code that was loaded, too.
 */
import './offline.mjs';
import { loadSubject } from './subject.mjs';
import { createFlags, users } from './work.mjs';

const [name = '', count = ''] = process.argv.slice(2);
const [somebody] = users;
if (somebody === undefined) throw new Error('There are no users.');
const subject = await loadSubject(name, createFlags(Number(count)));
const context = subject.contextOf(somebody);
const loaded = await liveHeap();
for (const { key, type } of createFlags(Number(count))) await subject[type](key, context);
console.log(JSON.stringify({ loaded, used: await liveHeap() }));
await subject.close?.();
process.exit(0);

async function liveHeap() {
  for (let i = 0; i < 4; i++) {
    globalThis.gc?.();
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return process.memoryUsage().heapUsed / 1_000;
}
