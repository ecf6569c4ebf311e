/**
 * How a follower keeps a copy of one environment: a pure function from what happened to what to do.
 *
 *     starting ------------ a copy from a file -----------------+
 *        |                                                      |
 *        | nothing held                                         v
 *        +------------> fetching ---- applied, unchanged ---> connecting
 *                       ^  ^  | |                              ^  | | |
 *                       |  |  | |  401, 403          401, 403  |  | | |
 *                       |  |  | +---------> refused <----------|--+ | |
 *                       |  |  |    (after 5 min the same again) |    | |
 *                       |  |  |                                 |    | |
 *                       |  |  | failed, behind, split,         |    | | opened
 *                       |  |  | rejected               failed  |    | |
 *                       |  |  +----------> waiting <-----------|----+ |
 *                       |  |                | |  ^             |      |
 *                       |  +--- to fetch ---+ +--|- to connect +      |
 *                       |                        |                    v
 *                       |                        +---------------- streaming
 *                       |    cut, silent, behind, or trouble again    |
 *                       |                                             |
 *                       +----- reset, rejected, split, ahead: --------+
 *                              the first trouble of a stream
 *
 * Where heads come late twice, something on the way holds streams back: the follower polls instead.
 *
 *     connecting, streaming -- late for the second time --> fetching -- applied, unchanged --> polling
 *                                                              ^                                |  |
 *                                                              +------- 12 to 18 s -------------+  | after 20 polls
 *                                                                                                  v
 *                                                                                             connecting
 *
 * stop: from anywhere to stopped, for good. What is held answers in every state.
 *
 * One attempt at most is in flight: only `fetching`, `connecting` and `streaming` have one, and each leaves it behind
 * (ended or cancelled) before another begins.
 *
 * Everything that may ask again, and what bounds it:
 * - a failed, older, split or rejected snapshot, a failed connection: `waiting`, full jitter over 1, 1, 2, 4 ... 30 s, not
 *   before `Retry-After` (of which at most five minutes are believed);
 * - a stream that is cut or silent for 40 s: the same; within 200 ms when it is the first trouble of a stream that was fine;
 * - a stream that says `reset`, sends what is rejected, cannot be read, splits or stays ahead: a snapshot, at once for the
 *   first trouble, else after `waiting` as above. A stream that stays behind what is held: a new connection after `waiting`;
 * - a key that is refused: every five minutes;
 * - a follower that polls: a conditional snapshot every 12 to 18 s, and a stream after 20 of them, about five minutes. A
 *   poll that fails is followed by `waiting` as above; a stream that is late again by polls, at once;
 * - from the third trouble in a row on a new connection begins with a (conditional) snapshot, so that a follower whose
 *   streams are blocked on their way still moves.
 * The counts of troubles and of late heads go back to none after a stream has been healthy for 60 s without a late head,
 * and in no other way.
 *
 * Only a snapshot or patch that is ahead of what is held is applied, so that answers never go back. The exception is what
 * came from a file and was never confirmed, when the server says that this key belongs to another environment.
 */
import { HEARTBEAT_MS, SILENCE_MS } from '@flaghoist/protocol/ruleset';
import { backoff, believedRetryAfter } from './backoff.ts';
import { after, also, attempt, core, doubt, goStale, misfit, problem, setTimer, stay, wait } from './follower-moves.ts';
import type {
  FollowerAction,
  FollowerEvent,
  FollowerState,
  Memory,
  Request,
  Step,
  TimerName,
} from './follower-state.ts';
import { beginPolling, fetched, LATE_LIMIT, poll } from './follower-polling.ts';
import { describePlace, type Place, relate } from './place.ts';

export const QUICK_RETRY_MS = 200;
export const HEALTHY_MS = 60_000;
export const REFUSED_RETRY_MS = 300_000;
/** How long a stream's head and the copy may disagree: patches may be on their way, and so may a lagging server. */
export const SETTLE_MS = 1_000;
/** A server sends its head as soon as it opens a stream, and again every `HEARTBEAT_MS`. */
export const FIRST_HEAD_MS = 5_000;
export const NEXT_HEAD_MS = HEARTBEAT_MS + 10_000;
const POLL_FROM_FAILURES = 2;
/** What is refused for one of these reasons would be refused again. */
const FINAL: ReadonlySet<string> = new Set(['engine', 'entity', 'quarantine']);

type Streaming = FollowerState & { readonly name: 'streaming' };
type Attempting = FollowerState & { readonly name: 'fetching' | 'connecting' };
type Failed = FollowerEvent & { readonly type: 'failed' };

export function initialState(staleAfterMs: number): FollowerState {
  const memory = {
    mine: null,
    confirmed: false,
    failures: 0,
    attempt: 0,
    unusable: null,
    late: 0,
    polls: 0,
    staleAfterMs,
  } as const;
  return { ...memory, freshness: 'unknown', name: 'starting' };
}

export function step(state: FollowerState, event: FollowerEvent): Step {
  if (state.name === 'stopped') return stay(state);
  if (event.type === 'stop') return stop(state);
  if ('attempt' in event && event.attempt !== state.attempt) return stay(state);
  if (event.type === 'timer' && event.timer === 'aged')
    return after(goStale(state), (memory) => stay({ ...state, ...memory }));
  switch (state.name) {
    case 'starting':
      return event.type === 'start' ? start(state, event.mine) : stay(state);
    case 'fetching':
      return fetching(state, event);
    case 'connecting':
      return connecting(state, event);
    case 'streaming':
      return streaming(state, event);
    case 'polling':
      return event.type === 'timer' && event.timer === 'wait' ? poll(state) : stay(state);
    case 'waiting':
    case 'refused':
      break;
  }
  return event.type === 'timer' && event.timer === 'wait' ? attempt(state, state.next) : stay(state);
}

function start(state: FollowerState, mine: Place | null): Step {
  if (mine === null) return attempt(state, 'fetch');
  return after(doubt({ ...state, mine }), (memory) => also([{ type: 'ready' }], attempt(memory, 'connect')));
}

function fetching(state: FollowerState & { readonly name: 'fetching' }, event: FollowerEvent): Step {
  switch (event.type) {
    case 'snapshot':
      return snapshot(state, event);
    case 'applied': {
      const ready: readonly FollowerAction[] = state.mine === null ? [{ type: 'ready' }] : [];
      return also(ready, fetched({ ...state, mine: event.place, unusable: null }));
    }
    case 'rejected': {
      const unusable = FINAL.has(event.reason) ? event.place.hash : null;
      const message = `The ruleset ${describePlace(event.place)} was refused: ${event.message}`;
      return also([problem('ruleset', message)], failed({ ...state, unusable }, 'fetch', null));
    }
    case 'unchanged':
      if (state.mine !== null && state.unusable === null) return fetched(state);
      return failed(state, 'fetch', null);
    case 'malformed':
      return also([problem('ruleset', event.message)], failed(state, 'fetch', null));
    case 'failed':
      return attemptFailed(state, event, 'fetch');
    case 'start':
    case 'stop':
    case 'timer':
    case 'opened':
    case 'heard':
    case 'head':
    case 'patch':
    case 'reset':
      break;
  }
  return stay(state);
}

function snapshot(state: Attempting, event: FollowerEvent & { readonly type: 'snapshot' }): Step {
  const { place, blocks } = event;
  const { mine } = state;
  if (mine === null) return also([{ type: 'apply', mode: 'snapshot', place, blocks }], stay(state));
  const relation = relate(place, mine);
  switch (relation) {
    case 'ahead':
      return also([{ type: 'apply', mode: 'snapshot', place, blocks }], stay(state));
    case 'same':
      return fetched({ ...state, unusable: null });
    case 'behind':
    case 'split':
      return also([misfit(relation, place, mine)], failed(state, 'fetch', null));
    case 'elsewhere':
      break;
  }
  if (!state.confirmed) return also([{ type: 'apply', mode: 'replace', place, blocks }], stay(state));
  return also([misfit(relation, place, mine)], failed(state, 'fetch', null));
}

function connecting(state: FollowerState & { readonly name: 'connecting' }, event: FollowerEvent): Step {
  if (event.type === 'failed') {
    if (!event.unanswered) return attemptFailed(state, event, reconnection(state));
    const late = state.late + 1;
    if (late >= LATE_LIMIT) return also([problem('unreachable', event.message)], beginPolling(state));
    return attemptFailed({ ...state, late }, event, reconnection(state));
  }
  if (event.type !== 'opened') return stay(state);
  const opened: Streaming = { ...state, name: 'streaming', announced: null, confirmedHere: false };
  return also([setTimer('silent', SILENCE_MS), setTimer('late', FIRST_HEAD_MS)], stay(opened));
}

function streaming(state: Streaming, event: FollowerEvent): Step {
  switch (event.type) {
    case 'heard':
      return also([setTimer('silent', SILENCE_MS)], stay(state));
    case 'head':
      return also([setTimer('late', NEXT_HEAD_MS)], head(state, event.place));
    case 'patch':
      return patch(state, event);
    case 'applied':
      return patched(state, event.place);
    case 'rejected': {
      const message = `The patch to ${describePlace(event.place)} was refused: ${event.message}`;
      return refetch(state, [problem('ruleset', message)]);
    }
    case 'malformed':
      return refetch(state, [problem('ruleset', event.message)]);
    case 'reset':
      return refetch(state, []);
    case 'failed':
      return reconnect(state, [problem('ended', event.message)]);
    case 'timer':
      return streamTimer(state, event.timer);
    case 'start':
    case 'stop':
    case 'snapshot':
    case 'unchanged':
    case 'opened':
      break;
  }
  return stay(state);
}

function head(state: Streaming, place: Place): Step {
  const { mine } = state;
  if (mine === null) return refetch(state, []);
  const relation = relate(place, mine);
  switch (relation) {
    case 'same':
      return confirm(state);
    case 'split':
    case 'elsewhere':
      return refetch(state, [misfit(relation, place, mine)]);
    case 'ahead':
    case 'behind':
      break;
  }
  // No patch leads into another epoch.
  if (place.epoch > mine.epoch) return refetch(state, []);
  const settle = state.announced === null ? [setTimer('unsettled', SETTLE_MS)] : [];
  return also(settle, stay({ ...state, announced: place }));
}

function patch(state: Streaming, event: FollowerEvent & { readonly type: 'patch' }): Step {
  const { place, blocks } = event;
  const { mine } = state;
  if (mine === null) return refetch(state, []);
  const relation = relate(place, mine);
  switch (relation) {
    case 'ahead':
      if (place.epoch > mine.epoch) return refetch(state, []);
      return also([{ type: 'apply', mode: 'patch', place, blocks }], stay(state));
    case 'split':
    case 'elsewhere':
      return refetch(state, [misfit(relation, place, mine)]);
    case 'same':
    case 'behind':
      break;
  }
  return stay(state);
}

function patched(state: Streaming, place: Place): Step {
  const next: Streaming = { ...state, mine: place, confirmed: true, unusable: null };
  const relation = state.announced === null ? 'same' : relate(state.announced, place);
  if (relation === 'ahead') return also([setTimer('unsettled', SETTLE_MS)], stay(next));
  if (relation === 'split' && state.announced !== null)
    return refetch(next, [misfit(relation, state.announced, place)]);
  return confirm(next);
}

function confirm(state: Streaming): Step {
  const actions: FollowerAction[] = [];
  if (state.announced !== null) actions.push({ type: 'clearTimer', timer: 'unsettled' });
  if (state.freshness === 'doubtful') actions.push({ type: 'clearTimer', timer: 'aged' });
  if (state.freshness !== 'fresh') actions.push({ type: 'fresh' });
  if (!state.confirmedHere) actions.push(setTimer('healthy', HEALTHY_MS));
  return {
    state: { ...state, freshness: 'fresh', confirmed: true, announced: null, confirmedHere: true },
    actions,
  };
}

function streamTimer(state: Streaming, timer: TimerName): Step {
  switch (timer) {
    case 'silent':
      return also(
        [{ type: 'cancel' }],
        reconnect(state, [problem('ended', `The stream was silent for ${SILENCE_MS} ms.`)]),
      );
    case 'unsettled': {
      const { announced, mine } = state;
      if (announced === null || mine === null) return stay(state);
      if (relate(announced, mine) === 'ahead') return refetch(state, [misfit('ahead', announced, mine)]);
      return also([{ type: 'cancel' }], reconnect(state, [misfit('behind', announced, mine)]));
    }
    case 'late':
      return lateHead(state);
    case 'healthy':
      return stay({ ...state, failures: 0, late: 0 });
    case 'wait':
    case 'aged':
      break;
  }
  return stay(state);
}

/** The next head is overdue. A stream that brought none at all is left; one that did may have had a bad moment. */
function lateHead(state: Streaming): Step {
  const late = state.late + 1;
  const leaving: readonly FollowerAction[] = [{ type: 'cancel' }, ...streamTimersCleared(state)];
  if (late >= LATE_LIMIT) return also(leaving, beginPolling(state));
  if (state.announced === null && !state.confirmedHere)
    return also(
      [{ type: 'cancel' }],
      reconnect({ ...state, late }, [problem('ended', `The stream brought no head within ${FIRST_HEAD_MS} ms.`)]),
    );
  const healthy = state.confirmedHere ? [setTimer('healthy', HEALTHY_MS)] : [];
  return also([setTimer('late', NEXT_HEAD_MS), ...healthy], stay({ ...state, late }));
}

/** Leaves a stream that is still open for a snapshot. */
function refetch(state: Streaming, problems: readonly FollowerAction[]): Step {
  const leaving: readonly FollowerAction[] = [...problems, { type: 'cancel' }, ...streamTimersCleared(state)];
  return also(
    leaving,
    after(doubt(state), (memory) => {
      if (memory.failures > 0) return wait(memory, 'fetch', 0, backoff(memory.failures));
      return attempt({ ...memory, failures: 1 }, 'fetch');
    }),
  );
}

/** Leaves a stream that is over for another one. */
function reconnect(state: Streaming, problems: readonly FollowerAction[]): Step {
  const quick = state.failures === 0 && state.confirmedHere;
  const window = quick ? QUICK_RETRY_MS : backoff(state.failures);
  const leaving = [...problems, ...streamTimersCleared(state)];
  return also(
    leaving,
    after(doubt(state), (memory) => wait(memory, reconnection(memory), 0, window)),
  );
}

function streamTimersCleared(state: Streaming): readonly FollowerAction[] {
  const actions: FollowerAction[] = [
    { type: 'clearTimer', timer: 'silent' },
    { type: 'clearTimer', timer: 'late' },
  ];
  if (state.announced !== null) actions.push({ type: 'clearTimer', timer: 'unsettled' });
  if (state.confirmedHere) actions.push({ type: 'clearTimer', timer: 'healthy' });
  return actions;
}

function attemptFailed(state: Attempting, event: Failed, next: Request): Step {
  if (event.status !== 401 && event.status !== 403)
    return also([problem('unreachable', event.message)], failed(state, next, event.retryAfterMs));
  // Stale is said first: whoever listens is left with the graver news.
  return after(goStale(state), (memory) =>
    also([problem('key', event.message), setTimer('wait', REFUSED_RETRY_MS, REFUSED_RETRY_MS * 1.1)], {
      state: {
        ...memory,
        failures: memory.failures + 1,
        name: 'refused',
        next: state.name === 'fetching' ? 'fetch' : 'connect',
      },
      actions: [],
    }),
  );
}

function failed(state: Attempting, next: Request, retryAfterMs: number | null): Step {
  const minMs = believedRetryAfter(retryAfterMs);
  const polls = Math.max(0, state.polls - 1);
  // Where polls fail for long a stream is tried all the same.
  const request = state.polls === 1 ? 'connect' : next;
  return after(goStale({ ...state, polls }), (memory) =>
    wait(memory, request, minMs, minMs + backoff(memory.failures)),
  );
}

function reconnection(memory: Memory): Request {
  return memory.failures >= POLL_FROM_FAILURES ? 'fetch' : 'connect';
}

function stop(state: FollowerState): Step {
  const inFlight = state.name === 'fetching' || state.name === 'connecting' || state.name === 'streaming';
  const timers = (['wait', 'silent', 'late', 'unsettled', 'healthy', 'aged'] as const).map(
    (timer): FollowerAction => ({ type: 'clearTimer', timer }),
  );
  return { state: { ...core(state), name: 'stopped' }, actions: inFlight ? [{ type: 'cancel' }, ...timers] : timers };
}
