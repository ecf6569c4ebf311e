// @ts-check
/**
 * Loaded into a server before it: how long its event loop was held at most. At each SIGUSR2 it appends a line with the
 * milliseconds since the one before to the file BENCH_EVENT_LOOP, and begins anew.
 */
import { appendFileSync } from 'node:fs';
import { isMainThread } from 'node:worker_threads';

const EVERY_MS = 1;

if (isMainThread) {
  let last = performance.now();
  let worst = 0;
  setInterval(() => {
    const now = performance.now();
    worst = Math.max(worst, now - last - EVERY_MS);
    last = now;
  }, EVERY_MS).unref();
  process.on('SIGUSR2', () => {
    appendFileSync(process.env['BENCH_EVENT_LOOP'] ?? '', `${worst}\n`);
    worst = 0;
  });
}
