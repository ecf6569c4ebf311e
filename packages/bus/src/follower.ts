/** Calls `fn` once after `ms` milliseconds; the answer cancels it. */
export type StartTimer = (fn: () => void, ms: number) => () => void;

export function startNodeTimer(fn: () => void, ms: number): () => void {
  const timer = setTimeout(fn, ms);
  return () => clearTimeout(timer);
}

export interface FollowerOptions {
  readonly wake: () => Promise<void>;
  /** A call of `wake` begins at least this often, in milliseconds, or as soon after as the call before settles. */
  readonly pollMs: number;
  /** Told what `wake` threw. The next call comes as if it had not. */
  readonly onError: (error: unknown) => void;
  /** Absent: Node's. */
  readonly startTimer?: StartTimer;
}

/** Turns notifications, which may come in bursts or not at all, into calls of `wake` that never overlap. */
export interface Follower {
  /** Asks for a call that begins after now. Any number of requests made while one runs become one more call. */
  request(): void;
  /**
   * No call begins after this resolves; one that is running is waited for. A `wake` that awaits this waits for itself,
   * for ever.
   */
  stop(): Promise<void>;
}

/** Makes a follower, whose first call begins at once. */
export function createFollower(options: FollowerOptions): Follower {
  const { startTimer = startNodeTimer } = options;
  let running: Promise<void> | null = null;
  let again = false;
  let stopped = false;
  let cancelPoll = (): void => {};

  function request(): void {
    if (stopped) return;
    if (running !== null) {
      again = true;
      return;
    }
    cancelPoll();
    cancelPoll = startTimer(request, options.pollMs);
    running = call(options).then(settled, settled);
  }

  function settled(): void {
    running = null;
    if (!again) return;
    again = false;
    request();
  }

  request();
  return {
    request,
    async stop() {
      stopped = true;
      cancelPoll();
      await running;
    },
  };
}

async function call(options: FollowerOptions): Promise<void> {
  try {
    await options.wake();
  } catch (error) {
    options.onError(error);
  }
}
