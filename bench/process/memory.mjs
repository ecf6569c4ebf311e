// @ts-check
import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';

const HOOK = new URL('./memory-hook.mjs', import.meta.url).href;
const WITHIN_MS = 20_000;

/** How to start a Node process whose memory can be asked for. @param {string} file That does not exist yet. */
export function memoryOptions(file) {
  return { nodeOptions: ['--expose-gc', '--import', HOOK], env: { BENCH_MEMORY: file } };
}

/**
 * What a process holds after a collection, in bytes. One question at a time.
 *
 * @param {number} pid
 * @param {string} file
 * @returns {Promise<{ rss: number; heap: number }>}
 */
export async function memoryOf(pid, file) {
  const linesOf = async () => (await readFile(file, 'utf8').catch(() => '')).split('\n').slice(0, -1);
  const before = (await linesOf()).length;
  process.kill(pid, 'SIGUSR2');
  for (const until = performance.now() + WITHIN_MS; performance.now() < until; await sleep(20)) {
    const lines = await linesOf();
    if (lines.length > before) return JSON.parse(lines.at(-1) ?? '');
  }
  throw new Error(`Process ${pid} did not say how much memory it has.`);
}
