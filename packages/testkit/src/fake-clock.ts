/** More timers than this in one `advance` is a timer that sets itself again without delay. */
const TIMER_LIMIT = 100_000;

/** A clock that moves only when told to. Both functions can be handed on without their object. */
export interface FakeClock {
  /** Milliseconds. */
  readonly now: () => number;
  /** Calls `fn` once, `ms` later; the answer cancels it. */
  readonly setTimeout: (fn: () => void, ms: number) => () => void;
  /** How many timers wait. */
  readonly pending: () => number;
  /** Moves `ms` ahead, firing what comes due in order of its time, then of its making, at exactly its time. */
  readonly advance: (ms: number) => void;
  /** As `advance`, and lets promises settle before the first timer and after each, so that chains of both run through. */
  readonly advanceAsync: (ms: number) => Promise<void>;
}

interface Timer {
  readonly due: number;
  readonly fn: () => void;
}

export function createFakeClock(start = 0): FakeClock {
  let now = start;
  const timers = new Set<Timer>();

  /** Fires the earliest timer due by `end`; false when there is none. */
  function fireNext(end: number): boolean {
    let next: Timer | undefined;
    for (const timer of timers) {
      if (timer.due <= end && (next === undefined || timer.due < next.due)) next = timer;
    }
    if (next === undefined) return false;
    timers.delete(next);
    now = next.due;
    next.fn();
    return true;
  }

  function checkLimit(fired: number): void {
    if (fired > TIMER_LIMIT) {
      throw new Error(`More than ${TIMER_LIMIT} timers fired in one advance: one of them sets itself again at once.`);
    }
  }

  return {
    now: () => now,
    pending: () => timers.size,
    setTimeout(fn, ms) {
      const timer: Timer = { due: now + Math.max(0, ms), fn };
      timers.add(timer);
      return () => {
        timers.delete(timer);
      };
    },
    advance(ms) {
      const end = now + ms;
      for (let fired = 1; fireNext(end); fired += 1) checkLimit(fired);
      now = end;
    },
    async advanceAsync(ms) {
      const end = now + ms;
      await settlePromises();
      for (let fired = 1; fireNext(end); fired += 1) {
        checkLimit(fired);
        await settlePromises();
      }
      now = end;
    },
  };
}

/** The event loop reaches `setImmediate` only when no promise callback is left. */
function settlePromises(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}
