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
 *                                                            ^   |                               |
 *                                                            +---|--------- 12 to 18 s ----------+
 *                                                                | after 20 polls
 *                                                                v
 *                                                            connecting
 *
 * stop: from anywhere to stopped, for good. What is held answers in every state.
 *
 * One attempt at most is in flight (but for a probe beside a stream, one at most): only `fetching`, `connecting` and `streaming` have one, and each leaves it behind
 * (ended or cancelled) before another begins.
 *
 * Everything that may ask again, and what bounds it:
 * - a failed, older, split or rejected snapshot, a failed connection: `waiting`, full jitter over 1, 1, 2, 4 ... 30 s, not
 *   before `Retry-After` (of which at most five minutes are believed);
 * - a stream that is cut or silent for 40 s: the same; within 200 ms when it is the first trouble of a stream that was fine;
 * - a stream that says `reset`, sends what is rejected, cannot be read, splits or stays ahead: a snapshot, at once for the
 *   first trouble, else after `waiting` as above. A stream that stays behind what is held: a new connection after `waiting`;
 * - a key that is refused: every five minutes;
 * - a follower that polls: a conditional snapshot every 12 to 18 s, unless another pace is given, and a stream right after
 *   the 20th of them, about five minutes. A poll that fails is followed by `waiting` as above; a stream that is late again by polls, at once;
 * - somebody who needs something newer: a conditional snapshot at once, beside a stream or instead of the next poll,
 *   and the next after 250 ms. Nothing is asked for their sake while a snapshot is on its way or has to be waited for;
 * - from the third trouble in a row on a new connection begins with a (conditional) snapshot, so that a follower whose
 *   streams are blocked on their way still moves.
 * The counts of troubles and of late heads go back to none after a stream has been healthy for 60 s without a late head,
 * and in no other way.
 *
 * Only a snapshot or patch that is ahead of what is held is applied, so that answers never go back. The exception is what
 * came from a file and was never confirmed, when the server says that this key belongs to another environment.
 */
import { SILENCE_MS } from '@flaghoist/protocol/ruleset';
import { backoff, believedRetryAfter, PACE, type Pace } from './backoff.ts';
import {
  after,
  also,
  attempt,
  core,
  doubt,
  goStale,
  misfit,
  problem,
  reconnection,
  setTimer,
  stay,
  unreadable,
  wait,
} from './follower-moves.ts';
import type { FollowerAction, FollowerEvent, FollowerState, Request, Step } from './follower-state.ts';
import { beginPolling, fetched, LATE_LIMIT, poll } from './follower-polling.ts';
import { FIRST_HEAD_MS, probed, type Streaming, streaming } from './follower-streaming.ts';
import { describePlace, type Place, relate } from './place.ts';

export const REFUSED_RETRY_MS = 300_000;
/** Whoever needs something newer has the server asked at once, and others with it. */
export const ASK_REST_MS = 250;
/** What is refused for one of these reasons would be refused again. */
const FINAL: ReadonlySet<string> = new Set(['engine', 'entity', 'quarantine']);

type Attempting = FollowerState & { readonly name: 'fetching' | 'connecting' };
type Failed = FollowerEvent & { readonly type: 'failed' };

export function initialState(staleAfterMs: number, pace: Pace = PACE): FollowerState {
  const memory = {
    mine: null,
    confirmed: false,
    failures: 0,
    attempt: 0,
    unusable: null,
    late: 0,
    polls: 0,
    asked: 'no',
    staleAfterMs,
    pace,
  } as const;
  return { ...memory, freshness: 'unknown', name: 'starting' };
}

export function step(state: FollowerState, event: FollowerEvent): Step {
  if (state.name === 'stopped') return stay(state);
  if (event.type === 'stop') return stop(state);
  if ('attempt' in event && event.attempt !== state.attempt) return stay(state);
  if (event.type === 'timer' && event.timer === 'aged')
    return after(goStale(state), (memory) => stay({ ...state, ...memory }));
  if (event.type === 'ask' || (event.type === 'timer' && event.timer === 'asked')) return asked(state, event.type);
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
      if (event.type === 'news' && state.forNews)
        return also([{ type: 'clearTimer', timer: 'wait' }], attempt(state, state.next));
      break;
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
      const next = failed({ ...state, unusable }, 'fetch', null);
      return also([refused(event)], event.reason === 'quarantine' ? forNews(next) : next);
    }
    case 'unchanged':
      if (state.mine !== null && state.unusable === null) return fetched(state);
      return failed(state, 'fetch', null);
    case 'malformed':
      return also([unreadable(event)], failed(state, 'fetch', null));
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
    case 'ask':
    case 'probed':
    case 'news':
      break;
  }
  return stay(state);
}

function refused({ place, reason, message }: FollowerEvent & { readonly type: 'rejected' }): FollowerAction {
  const tried = place.candidate === undefined ? {} : { candidate: place.candidate };
  return problem('ruleset', `The ruleset ${describePlace(place)} was refused: ${message}`, {
    reason,
    message,
    ...tried,
  });
}

/** What is quarantined is refused for ever; whatever comes after it is not. */
function forNews({ state, actions }: Step): Step {
  return { state: state.name === 'waiting' ? { ...state, forNews: true } : state, actions };
}

/** Asks at once where nothing is being asked, and then not before `ASK_REST_MS` have passed. */
function asked(state: FollowerState, by: 'ask' | 'timer'): Step {
  if (by === 'ask' && state.asked !== 'no') return stay({ ...state, asked: 'again' });
  const rested: FollowerState = state.asked === 'no' ? state : { ...state, asked: 'no' };
  if (by === 'timer' && state.asked !== 'again') return stay(rested);
  const resting: FollowerState = { ...state, asked: 'resting' };
  const rest = setTimer('asked', ASK_REST_MS);
  if ((resting.name === 'streaming' || resting.name === 'connecting') && resting.mine !== null)
    return also([{ type: 'probe', attempt: resting.attempt, etag: resting.mine.hash }, rest], stay(resting));
  if (resting.name === 'polling') return also([{ type: 'clearTimer', timer: 'wait' }, rest], poll(resting));
  // What is on its way may have been sent too early to bring it.
  if (resting.name === 'fetching') return also([rest], stay({ ...resting, asked: 'again' }));
  // It has to be waited for.
  return stay(rested);
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
  if (event.type === 'probed') return probed(state, event);
  if (event.type === 'applied') return stay({ ...state, mine: event.place, unusable: null });
  if (event.type === 'rejected') return also([refused(event)], stay(state));
  if (event.type !== 'opened') return stay(state);
  const opened: Streaming = { ...state, name: 'streaming', announced: null, confirmedHere: false };
  return also([setTimer('silent', SILENCE_MS), setTimer('late', FIRST_HEAD_MS)], stay(opened));
}

function attemptFailed(state: Attempting, event: Failed, next: Request): Step {
  if (event.status !== 401 && event.status !== 403)
    return also([unreachable(event)], failed(state, next, event.retryAfterMs));
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

function unreachable({ message, missing = false }: Failed): FollowerAction {
  return problem('unreachable', message, missing ? { reason: 'checkpoint', message } : undefined);
}

function failed(state: Attempting, next: Request, retryAfterMs: number | null): Step {
  const minMs = believedRetryAfter(retryAfterMs);
  const polls = Math.max(0, state.polls - 1);
  // Where polls fail for long a stream is tried all the same.
  const request = state.polls === 1 ? 'connect' : next;
  return after(goStale({ ...state, polls }), (memory) =>
    wait(memory, request, minMs, minMs + backoff(memory.failures, memory.pace)),
  );
}

function stop(state: FollowerState): Step {
  const inFlight = state.name === 'fetching' || state.name === 'connecting' || state.name === 'streaming';
  const timers = (['wait', 'silent', 'late', 'unsettled', 'healthy', 'aged', 'asked'] as const).map(
    (timer): FollowerAction => ({ type: 'clearTimer', timer }),
  );
  return { state: { ...core(state), name: 'stopped' }, actions: inFlight ? [{ type: 'cancel' }, ...timers] : timers };
}

/** After one of these the server may have said what it holds. */
const PROOFS: ReadonlySet<FollowerEvent['type']> = new Set(['head', 'applied', 'unchanged', 'snapshot']);

/** Whether the server has said with this that what is held is what it holds; `state`: the one after it. */
export function proves({ type }: FollowerEvent, state: FollowerState): boolean {
  if (!PROOFS.has(type) || state.freshness !== 'fresh') return false;
  return state.name === 'polling' || (state.name === 'streaming' && state.announced === null);
}
