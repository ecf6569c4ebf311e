import { createFollower, type Follower, type StartTimer } from './follower.ts';
import type { Subscription } from './index.ts';

/** How long `stop` waits for the listening to end, in milliseconds. */
const LISTEN_STOP_MS = 5_000;

/**
 * Calls `wake` at each notification on a channel, with what it carries; resolves when it is heard, with what ends it. May lose
 * notifications, so it need not report a lost connection; it should listen again by itself and then call `wake` once.
 */
export type Listen = (channel: string, wake: (payload: string) => void) => Promise<() => Promise<void>>;

export interface WakeChannelOptions {
  readonly channel: string;
  readonly listen: Listen;
  readonly pollMs: number;
  readonly onError: (error: unknown, message: string) => void;
  readonly startTimer: StartTimer;
}

/** One notification channel, listened to once for all its followers. */
export interface WakeChannel {
  /** `named`: what notifications have carried since the call before. */
  follow(wake: (named: ReadonlySet<string>) => Promise<void>): Subscription;
  stop(): Promise<void>;
}

type Listening =
  | { readonly state: 'off' }
  | { readonly state: 'starting'; readonly settled: Promise<void> }
  | { readonly state: 'on'; readonly end: () => Promise<void> };

export function createWakeChannel(options: WakeChannelOptions): WakeChannel {
  const { channel, listen, pollMs, onError, startTimer } = options;
  const followers = new Map<Follower, Set<string>>();
  let listening: Listening = { state: 'off' };
  let failures = 0;
  let stopped = false;

  function wakeAll(payload = ''): void {
    for (const [follower, named] of followers) {
      if (payload !== '') named.add(payload);
      follower.request();
    }
  }

  /** Called at each poll, which is the bound of its retries: they go where the poll goes anyway. */
  function ensureListening(): void {
    if (listening.state === 'off' && !stopped) listening = { state: 'starting', settled: startListening() };
  }

  async function startListening(): Promise<void> {
    try {
      const end = await listen(channel, wakeAll);
      listening = { state: 'on', end };
      failures = 0;
      // What was appended before anybody listened has notified nobody.
      wakeAll();
    } catch (error) {
      listening = { state: 'off' };
      failures += 1;
      if (failures === 1) {
        onError(error, `Cannot listen on ${channel}: until it works, changes are seen by polling every ${pollMs} ms.`);
      }
    }
  }

  async function stopListening(): Promise<void> {
    if (listening.state === 'starting') await listening.settled;
    if (listening.state !== 'on') return;
    const { end } = listening;
    listening = { state: 'off' };
    try {
      await end();
    } catch (error) {
      onError(error, `Cannot stop listening on ${channel}.`);
    }
  }

  return {
    follow(wake) {
      if (stopped) throw new Error(`The bus is stopped: nothing on ${channel} can be followed any more.`);
      const named = new Set<string>();
      const follower = createFollower({
        pollMs,
        startTimer,
        onError: (error) => onError(error, `A follower of ${channel} failed. It is called again at the next wake.`),
        wake() {
          ensureListening();
          const now = new Set(named);
          named.clear();
          return wake(now);
        },
      });
      followers.set(follower, named);
      return {
        request: () => follower.request(),
        async stop() {
          await follower.stop();
          followers.delete(follower);
        },
      };
    },
    async stop() {
      stopped = true;
      await Promise.all([...followers.keys()].map((follower) => follower.stop()));
      followers.clear();
      await within(LISTEN_STOP_MS, stopListening(), startTimer);
    },
  };
}

/** Resolves when the work does, or after `ms`. */
function within(ms: number, work: Promise<void>, startTimer: StartTimer): Promise<void> {
  return new Promise((resolve, reject) => {
    const cancel = startTimer(resolve, ms);
    work.then(resolve, reject).finally(cancel);
  });
}
