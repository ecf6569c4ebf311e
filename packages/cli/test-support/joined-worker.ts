/** A process that is one of several workers, and has nobody above it. */
import type { WorkerSide } from '@flaghoist/runtime/workers';

/** `said`: what it says to its primary. */
export function joined(number: number, said: unknown[]): WorkerSide<unknown> {
  return {
    number,
    ready: (what) => void said.push(what),
    failed: ({ code, message }) => void said.push({ code, message }),
    onAsked: () => undefined,
    onStop: () => undefined,
    leave: () => void said.push('left'),
  };
}
