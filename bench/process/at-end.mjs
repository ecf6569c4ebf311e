// @ts-check
/** What has to happen however this process ends, short of a SIGKILL: processes it started end, folders it made go. */
import { rmSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { constants, tmpdir } from 'node:os';
import { join } from 'node:path';

/** @type {Set<() => void>} */
const works = new Set();

/**
 * Runs `work` when this process exits, unless the function that is returned was called before.
 *
 * @param {() => void} work Synchronous.
 */
export function atEnd(work) {
  if (works.size === 0) listen();
  works.add(work);
  return () => void works.delete(work);
}

/**
 * Hands a fresh temporary folder to `work` and removes it afterwards.
 *
 * @template T
 * @param {(folder: string) => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function withFolder(work) {
  const folder = await mkdtemp(join(tmpdir(), 'flaghoist-bench-'));
  const forget = atEnd(() => rmSync(folder, { recursive: true, force: true }));
  try {
    return await work(folder);
  } finally {
    await rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
    forget();
  }
}

let listening = false;

function listen() {
  if (listening) return;
  listening = true;
  process.once('exit', () => {
    for (const work of works) work();
  });
  for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) {
    process.once(signal, () => process.exit(128 + constants.signals[signal]));
  }
}
