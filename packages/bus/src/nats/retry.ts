/** Asking a NATS cluster again while it elects, restarts or cannot be reached. */
import { setTimeout as sleep } from 'node:timers/promises';
import { NatsUnavailable } from './connection.ts';

export interface RetryOptions {
  /** From the first attempt on, in milliseconds. */
  readonly withinMs: number;
  readonly stopped: AbortSignal;
  readonly random: () => number;
  /** Whether that failure may be gone the next time. Absent: a NatsUnavailable may. */
  readonly mayPass?: (error: unknown) => boolean;
}

const FIRST_MS = 20;
const LONGEST_MS = 500;

/**
 * Calls `attempt` until it succeeds, with jitter between; rejects with its last failure once the time is over, it is
 * stopped, or the failure is one that stays. `attempt` is told how long it may take.
 */
export async function retrying<T>(options: RetryOptions, attempt: (leftMs: number) => Promise<T>): Promise<T> {
  const { withinMs, stopped, random, mayPass = (error) => error instanceof NatsUnavailable } = options;
  const deadline = performance.now() + withinMs;
  for (let failures = 0; ; failures += 1) {
    try {
      return await attempt(Math.max(1, deadline - performance.now()));
    } catch (error) {
      const pauseMs = Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(failures, 10)) * (0.5 + random() / 2);
      if (!mayPass(error) || stopped.aborted || performance.now() + pauseMs >= deadline) throw error;
      await sleep(pauseMs, undefined, { signal: stopped }).catch(() => undefined);
    }
  }
}

/** Does `work` on each item, at most `most` at a time; answers in the order of the items. */
export async function inParallel<T, R>(
  items: readonly T[],
  most: number,
  work: (item: T, index: number) => Promise<R>,
): Promise<R[]> {
  const results: R[] = [];
  let next = 0;
  const worker = async (): Promise<void> => {
    for (let index = next++; index < items.length; index = next++) {
      try {
        results[index] = await work(items[index] as T, index);
      } catch (error) {
        // The others begin nothing more.
        next = items.length;
        throw error;
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(most, items.length) }, worker));
  return results;
}
