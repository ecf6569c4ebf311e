/**
 * The timers, the clock and the randomness of this process, taken over by a world while it runs. Product code is handed
 * all three where it matters; what takes them from the process all the same must not make a run depend on the machine.
 */
import type { Machine } from './machine.ts';

/** As much of a world as stands in. */
export interface Timekeeper {
  readonly current: Machine | null;
  readonly random: { readonly next: () => number };
  after(machine: Machine | null, ms: number, run: () => void): () => void;
  clockOf(machine: Machine | null): number;
}

const NAMES = ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'setImmediate', 'clearImmediate'] as const;

class SimulatedTimer {
  cancel: () => void = () => undefined;
  ref(): this {
    return this;
  }
  unref(): this {
    return this;
  }
  hasRef(): boolean {
    return true;
  }
}

type Call = (...values: unknown[]) => void;

/** The answer gives everything back. */
export function standIn(world: Timekeeper): () => void {
  const saved = new Map<string, PropertyDescriptor | undefined>();
  for (const name of NAMES) saved.set(name, Object.getOwnPropertyDescriptor(globalThis, name));
  const { now } = Date;
  const { random } = Math;
  Object.assign(globalThis, replacements(world));
  Date.now = () => world.clockOf(world.current);
  Math.random = world.random.next;
  return () => {
    for (const [name, descriptor] of saved)
      if (descriptor !== undefined) Object.defineProperty(globalThis, name, descriptor);
    Date.now = now;
    Math.random = random;
  };
}

function replacements(world: Timekeeper) {
  const once = (call: Call, ms = 0, ...values: unknown[]): SimulatedTimer => {
    const timer = new SimulatedTimer();
    timer.cancel = world.after(world.current, ms, () => call(...values));
    return timer;
  };
  const again = (call: Call, ms: number, ...values: unknown[]): SimulatedTimer => {
    const timer = new SimulatedTimer();
    const machine = world.current;
    const begin = (): void => {
      timer.cancel = world.after(machine, ms, () => {
        begin();
        call(...values);
      });
    };
    begin();
    return timer;
  };
  const clear = (timer: unknown): void => {
    if (timer instanceof SimulatedTimer) timer.cancel();
  };
  return {
    setTimeout: once,
    setInterval: again,
    setImmediate: (call: Call, ...values: unknown[]) => once(call, 0, ...values),
    clearTimeout: clear,
    clearInterval: clear,
    clearImmediate: clear,
  };
}
