/** The watch stream of a project: keeps one connection, and says how it stands. */

/** `reconnecting`: lost a moment ago; `offline`: lost for longer than 15 s, or the browser knows that it has no network. */
export type LiveState = 'live' | 'reconnecting' | 'offline';

export const LIVE_EVENTS = ['change', 'presence'] as const;
export type LiveEvent = (typeof LIVE_EVENTS)[number];

/** The part of EventSource that is used. */
export interface Source {
  readonly readyState: number;
  addEventListener(type: string, listen: (event: { readonly data?: unknown }) => void): void;
  close(): void;
}

export interface LiveDeps {
  readonly open: () => Source;
  /** Returns what cancels it. */
  readonly later: (ms: number, run: () => void) => () => void;
  readonly random: () => number;
  readonly isOnline: () => boolean;
  readonly onState: (state: LiveState) => void;
  /** `data` is parsed JSON. */
  readonly onEvent: (event: LiveEvent, data: unknown) => void;
  /** After a gap: anything may have changed meanwhile. Not called for the first connection. */
  readonly onBack: () => void;
  /** The browser gave up: the server refused. The session may have ended. */
  readonly onRefused: () => void;
}

const CLOSED = 2;
const OFFLINE_AFTER_MS = 15_000;
const FIRST_DELAY_MS = 1_000;
const LONGEST_DELAY_MS = 30_000;

export interface Live {
  /** Tries at once, for when the network is back or the page is seen again. */
  wake(): void;
  stop(): void;
}

/** Follows until it is stopped. The browser reconnects by itself after a broken line; when it gives up, this does, later and later, with jitter. */
export function followProject(deps: LiveDeps): Live {
  let source: Source | null = null;
  let failures = 0;
  let wasLive = false;
  let isLive = false;
  let cancelRetry = (): void => {};
  let cancelOffline = (): void => {};

  function connect(): void {
    cancelRetry();
    source?.close();
    const mine = deps.open();
    source = mine;
    mine.addEventListener('open', () => source === mine && opened());
    mine.addEventListener('error', () => source === mine && lost(mine));
    for (const event of LIVE_EVENTS) mine.addEventListener(event, ({ data }) => source === mine && told(event, data));
  }

  function opened(): void {
    failures = 0;
    cancelOffline();
    isLive = true;
    deps.onState('live');
    if (wasLive) deps.onBack();
    wasLive = true;
  }

  function lost(mine: Source): void {
    if (isLive || failures === 0) {
      deps.onState(deps.isOnline() ? 'reconnecting' : 'offline');
      cancelOffline();
      cancelOffline = deps.later(OFFLINE_AFTER_MS, () => deps.onState('offline'));
    }
    isLive = false;
    if (mine.readyState !== CLOSED) {
      failures = Math.max(1, failures);
      return;
    }
    failures += 1;
    deps.onRefused();
    const delay = Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** (failures - 1)) * (0.5 + deps.random() / 2);
    cancelRetry = deps.later(delay, connect);
  }

  function told(event: LiveEvent, data: unknown): void {
    if (typeof data !== 'string') return;
    let parsed: unknown;
    try {
      parsed = JSON.parse(data);
    } catch {
      // Cut off in the middle: what it told of is read anew after the reconnect.
      return;
    }
    deps.onEvent(event, parsed);
  }

  connect();
  return {
    wake() {
      // Stopped is stopped: nobody would close what this opens.
      if (source !== null && !isLive) connect();
    },
    stop() {
      cancelRetry();
      cancelOffline();
      source?.close();
      source = null;
    },
  };
}
