import type { Timers } from '@flaghoist/client';
import { createTimers } from './node-timers.ts';

export class DeadlinePassed extends Error {
  override readonly name = 'DeadlinePassed';
}

const NODE = createTimers(Date.now);

/** Settles as the promise does, or rejects with `DeadlinePassed` after `ms`; what the promise does later is ignored. */
export async function withDeadline<T>(
  promise: Promise<T>,
  ms: number,
  what: string,
  timers: Pick<Timers, 'after'> = NODE,
): Promise<T> {
  let cancel = (): void => {};
  const passed = new Promise<never>((_, reject) => {
    cancel = timers.after(ms, () => reject(new DeadlinePassed(`${what} took longer than ${ms} ms.`)));
  });
  try {
    return await Promise.race([promise, passed]);
  } finally {
    cancel();
  }
}
