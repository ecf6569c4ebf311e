// @ts-check
/**
 * Loaded before a server (`--expose-gc --import`): on SIGUSR2 it collects what is garbage and appends a line of JSON,
 * `{ rss, heap }` in bytes, to the file that BENCH_MEMORY names.
 */
import { appendFileSync } from 'node:fs';

const file = process.env['BENCH_MEMORY'] ?? '';
process.on('SIGUSR2', () => {
  for (let i = 0; i < 3; i++) globalThis.gc?.();
  const { rss, heapUsed } = process.memoryUsage();
  appendFileSync(file, `${JSON.stringify({ rss, heap: heapUsed })}\n`);
});
