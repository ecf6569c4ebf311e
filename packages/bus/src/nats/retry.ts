/** Asking a NATS cluster again while it elects, restarts, makes a stream anew or cannot be reached. */
import { setTimeout as sleep } from 'node:timers/promises';
import { NatsUnavailable, NobodyThere } from './connection.ts';
import { JetStreamRefused } from './jetstream.ts';

export interface RetryOptions {
  /** Aborted: nothing is tried again. */
  readonly stopped: AbortSignal;
  readonly random: () => number;
  /** Called before it is tried again with a stream or consumer that is gone. */
  readonly forget: () => void;
}

/** `withinMs`: from the first attempt on. */
export type Retrying = <T>(withinMs: number, attempt: () => Promise<T>) => Promise<T>;

const FIRST_MS = 20;
const LONGEST_MS = 500;

/**
 * Calls `attempt` until it succeeds, with jitter between; rejects with its last failure once the time is over, it is
 * stopped, or the failure is one that stays.
 */
export function createRetrying({ stopped, random, forget }: RetryOptions): Retrying {
  return async (withinMs, attempt) => {
    const deadline = performance.now() + withinMs;
    for (let failures = 0; ; failures += 1) {
      try {
        return await attempt();
      } catch (error) {
        const pauseMs = Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(failures, 10)) * (0.5 + random() / 2);
        if (isGone(error)) forget();
        else if (!(error instanceof NatsUnavailable)) throw error;
        if (stopped.aborted || performance.now() + pauseMs >= deadline) throw error;
        await sleep(pauseMs, undefined, { signal: stopped }).catch(() => undefined);
      }
    }
  };
}

const STREAM_NOT_FOUND = 10059;
const CONSUMER_NOT_FOUND = 10014;

/** Whether what was remembered of a stream has to be asked for anew before the next attempt. */
export function isGone(error: unknown): boolean {
  if (error instanceof JetStreamRefused) return error.code === STREAM_NOT_FOUND || error.code === CONSUMER_NOT_FOUND;
  return error instanceof NobodyThere;
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
