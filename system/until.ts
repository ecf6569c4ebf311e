/** Waiting for what happens elsewhere. */
import { setTimeout as sleep } from 'node:timers/promises';

const POLL_MS = 25;

/**
 * Looks until `look` answers something other than undefined. Rejects when that takes longer than `deadlineMs`; `what`
 * says in the error what was waited for.
 */
export async function until<T>(what: string, deadlineMs: number, look: () => Promise<T | undefined>): Promise<T> {
  const deadline = performance.now() + deadlineMs;
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    if (performance.now() > deadline) throw new Error(`${what}: not within ${deadlineMs} ms`);
    await sleep(POLL_MS);
  }
}

/** `promise`, or an error that names `what` once `deadlineMs` have passed. */
export async function within<T>(what: string, deadlineMs: number, promise: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${what}: not within ${deadlineMs} ms`)), deadlineMs);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
