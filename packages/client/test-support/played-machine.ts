/** States and events of the follower's machine, and what it does with them, written short. */
import { PACE } from '../src/backoff.ts';
import { initialState, step } from '../src/follower-machine.ts';
import type { FollowerAction, FollowerEvent, FollowerState, StateName } from '../src/follower-state.ts';
import type { Place } from '../src/place.ts';

export const place = (epoch: number, revision: number, hash: string, environment = 'env_1'): Place => ({
  environment,
  epoch,
  revision,
  hash,
});
export const MINE = place(1, 5, 'h5');
export const THEIRS = {
  ahead: place(1, 6, 'h6'),
  newEpoch: place(2, 1, 'e2'),
  same: MINE,
  behind: place(1, 4, 'h4'),
  split: place(1, 5, 'x5'),
  elsewhere: place(1, 9, 'o9', 'env_2'),
};
export const ATTEMPT = 3;

export const held = {
  mine: MINE,
  confirmed: true,
  failures: 1,
  attempt: ATTEMPT,
  freshness: 'doubtful',
  unusable: null,
  late: 0,
  polls: 0,
  asked: 'no',
  staleAfterMs: 2_000,
  pace: PACE,
} as const;
export const streaming: FollowerState & { readonly name: 'streaming' } = {
  ...held,
  failures: 0,
  freshness: 'fresh',
  name: 'streaming',
  announced: null,
  confirmedHere: true,
};

export const STATES: { readonly [name in StateName]: FollowerState } = {
  starting: initialState(2_000),
  fetching: { ...held, name: 'fetching' },
  connecting: { ...held, name: 'connecting' },
  streaming,
  waiting: { ...held, freshness: 'stale', name: 'waiting', next: 'connect', forNews: false },
  polling: { ...held, freshness: 'fresh', late: 1, polls: 20, name: 'polling' },
  refused: { ...held, freshness: 'stale', name: 'refused', next: 'fetch' },
  stopped: { ...held, name: 'stopped' },
};

export const failed = (
  status: number | null,
  retryAfterMs: number | null = null,
): FollowerEvent & { type: 'failed' } => ({
  type: 'failed',
  attempt: ATTEMPT,
  status,
  retryAfterMs,
  unanswered: false,
  message: 'because',
});
export const snapshot = (at: Place): FollowerEvent => ({ type: 'snapshot', attempt: ATTEMPT, place: at, blocks: [] });
export const head = (at: Place): FollowerEvent => ({ type: 'head', attempt: ATTEMPT, place: at });
export const patch = (at: Place): FollowerEvent => ({ type: 'patch', attempt: ATTEMPT, place: at, blocks: [] });

export const EVENTS = {
  'start with a copy': { type: 'start', mine: MINE },
  'start with nothing': { type: 'start', mine: null },
  stop: { type: 'stop' },
  'failed 500': failed(500),
  'failed 503 + Retry-After': failed(503, 7_000),
  'failed 401': failed(401),
  'failed 403': failed(403),
  'failed, unanswered': { ...failed(null), unanswered: true },
  'failed, of an earlier attempt': { ...failed(500), attempt: 2 },
  'snapshot ahead': snapshot(THEIRS.ahead),
  'snapshot of a new epoch': snapshot(THEIRS.newEpoch),
  'snapshot same': snapshot(THEIRS.same),
  'snapshot behind': snapshot(THEIRS.behind),
  'snapshot split': snapshot(THEIRS.split),
  'snapshot elsewhere': snapshot(THEIRS.elsewhere),
  unchanged: { type: 'unchanged', attempt: ATTEMPT },
  malformed: { type: 'malformed', attempt: ATTEMPT, reason: 'unreadable', message: 'unreadable' },
  opened: { type: 'opened', attempt: ATTEMPT },
  heard: { type: 'heard', attempt: ATTEMPT },
  'head ahead': head(THEIRS.ahead),
  'head of a new epoch': head(THEIRS.newEpoch),
  'head same': head(THEIRS.same),
  'head behind': head(THEIRS.behind),
  'head split': head(THEIRS.split),
  'head elsewhere': head(THEIRS.elsewhere),
  'patch ahead': patch(THEIRS.ahead),
  'patch of a new epoch': patch(THEIRS.newEpoch),
  'patch same': patch(THEIRS.same),
  'patch behind': patch(THEIRS.behind),
  'patch split': patch(THEIRS.split),
  'patch elsewhere': patch(THEIRS.elsewhere),
  reset: { type: 'reset', attempt: ATTEMPT },
  ask: { type: 'ask' },
  'probed ahead': { type: 'probed', attempt: ATTEMPT, place: THEIRS.ahead, blocks: [] },
  'probed same': { type: 'probed', attempt: ATTEMPT, place: THEIRS.same, blocks: [] },
  'probed split': { type: 'probed', attempt: ATTEMPT, place: THEIRS.split, blocks: [] },
  news: { type: 'news' },
  applied: { type: 'applied', place: THEIRS.ahead },
  rejected: { type: 'rejected', place: THEIRS.ahead, reason: 'root', message: 'wrong' },
  'timer wait': { type: 'timer', timer: 'wait' },
  'timer silent': { type: 'timer', timer: 'silent' },
  'timer late': { type: 'timer', timer: 'late' },
  'timer unsettled': { type: 'timer', timer: 'unsettled' },
  'timer healthy': { type: 'timer', timer: 'healthy' },
  'timer aged': { type: 'timer', timer: 'aged' },
  'timer asked': { type: 'timer', timer: 'asked' },
} as const satisfies Record<string, FollowerEvent>;

export function written(action: FollowerAction): string {
  if (action.type === 'setTimer') {
    const { timer, minMs, maxMs } = action;
    return `+${timer}[${minMs === maxMs ? minMs : `${minMs},${Math.round(maxMs)}`}]`;
  }
  if (action.type === 'clearTimer') return `-${action.timer}`;
  if (action.type === 'problem') return `!${action.problem.code}`;
  return action.type === 'apply' ? `apply:${action.mode}` : action.type;
}

export function outcome(state: FollowerState, event: FollowerEvent): string {
  const next = step(state, event);
  if (next.state === state && next.actions.length === 0) return '-';
  const to = 'next' in next.state ? ` to ${next.state.next}` : '';
  return [`${next.state.name}${to}:`, ...next.actions.map(written)].join(' ');
}

/** The state after several events, and everything that was done on the way. */
export function play(from: FollowerState, ...events: readonly FollowerEvent[]) {
  const actions: FollowerAction[] = [];
  let state = from;
  for (const event of events) {
    // Tests name no attempt numbers: they mean the one in flight.
    const next = step(state, 'attempt' in event ? { ...event, attempt: state.attempt } : event);
    state = next.state;
    actions.push(...next.actions);
  }
  return { state, actions, done: actions.map(written).join(' ') };
}
