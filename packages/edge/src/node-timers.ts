/** The clock and the turns of this process, for what is told its time by whoever makes it. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Timers } from '@flaghoist/client';

/** `now`: milliseconds since 1970. */
export function createTimers(now: () => number): Timers {
  return { after, now };
}

function after(ms: number, run: () => void): () => void {
  const timer = setTimeout(run, ms);
  return () => clearTimeout(timer);
}

/** Lets others have their turn. */
export function pause(): Promise<void> {
  return nextTurn();
}
