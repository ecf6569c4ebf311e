/**
 * The world: one clock, one queue of what happens next, and the machines it happens on.
 *
 * Nothing happens at the same time as something else: an event runs, and every promise that it settled is followed to its
 * end, before the next one. While the world runs it also stands in for the timers, the clock and the randomness of the
 * process (./process-time.ts), so that product code which takes them from there is simulated too.
 */
import { setImmediate as nextTurn } from 'node:timers';
import type { Timers } from '@flaghoist/client';
import { EventQueue } from './event-queue.ts';
import type { Machine } from './machine.ts';
import { standIn } from './process-time.ts';
import { SeededRandom } from './seeded-random.ts';

/** Milliseconds since 1970 when the world begins. */
export const BEGINNING = 1_767_225_600_000;

interface Happening {
  readonly machine: Machine | null;
  readonly life: number;
  readonly run: () => void;
}

export class World {
  readonly random: SeededRandom;
  /** Of the process that runs now: what it leaves behind in timers belongs to it. */
  current: Machine | null = null;
  readonly #queue = new EventQueue<Happening>();
  readonly #onError: (error: unknown) => void;
  #now = 0;
  #events = 0;

  /** `onError`: told what an event threw, which no code here is meant to. */
  constructor(seed: number, onError: (error: unknown) => void) {
    this.random = new SeededRandom(seed);
    this.#onError = onError;
  }

  /** Milliseconds since the world began. */
  get now(): number {
    return this.#now;
  }

  get events(): number {
    return this.#events;
  }

  /** Calls `run` on the machine, `ms` from now, unless the process that is there now has died. The answer cancels it. */
  after(machine: Machine | null, ms: number, run: () => void): () => void {
    return this.#queue.add(this.#now + Math.max(0, ms), { machine, life: machine?.life ?? 0, run });
  }

  /** What the machine's own clock says, in milliseconds since 1970. */
  clockOf(machine: Machine | null): number {
    return BEGINNING + this.#now + (machine?.clockOffsetMs ?? 0);
  }

  timersOf(machine: Machine): Timers {
    return { after: (ms, run) => this.after(machine, ms, run), now: () => this.clockOf(machine) };
  }

  /** Lets things happen until the condition holds, which is looked at after each; false: `untilMs` came first. */
  async run(untilMs: number, isDone: () => boolean): Promise<boolean> {
    const stepBack = standIn(this);
    process.on('unhandledRejection', this.#onError);
    try {
      while (!isDone()) {
        const next = this.#queue.take(untilMs);
        if (next === null) {
          this.#now = untilMs;
          return false;
        }
        this.#now = next.at;
        const { machine, life, run } = next.what;
        if (machine !== null && machine.life !== life) continue;
        this.#events++;
        this.current = machine;
        this.#try(run);
        await settled();
      }
      return true;
    } finally {
      this.current = null;
      process.off('unhandledRejection', this.#onError);
      stepBack();
    }
  }

  #try(run: () => void): void {
    try {
      run();
    } catch (error) {
      this.#onError(error);
    }
  }
}

/** The event loop comes to the next turn only when no promise is left to be followed. */
function settled(): Promise<void> {
  return new Promise((resolve) => {
    nextTurn(resolve);
  });
}
