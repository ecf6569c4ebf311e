import { describe, expect, it } from 'vitest';
import { initialState, step } from './follower-machine.ts';
import type { FollowerAction, FollowerEvent, FollowerState, StateName } from './follower-state.ts';
import type { Place } from './place.ts';

const place = (epoch: number, revision: number, hash: string, environment = 'env_1'): Place => ({
  environment,
  epoch,
  revision,
  hash,
});
const MINE = place(1, 5, 'h5');
const THEIRS = {
  ahead: place(1, 6, 'h6'),
  newEpoch: place(2, 1, 'e2'),
  same: MINE,
  behind: place(1, 4, 'h4'),
  split: place(1, 5, 'x5'),
  elsewhere: place(1, 9, 'o9', 'env_2'),
};
const ATTEMPT = 3;

const held = {
  mine: MINE,
  confirmed: true,
  failures: 1,
  attempt: ATTEMPT,
  freshness: 'doubtful',
  unusable: null,
  staleAfterMs: 2_000,
} as const;
const streaming: FollowerState & { readonly name: 'streaming' } = {
  ...held,
  failures: 0,
  freshness: 'fresh',
  name: 'streaming',
  announced: null,
  confirmedHere: true,
};

const STATES: { readonly [name in StateName]: FollowerState } = {
  starting: initialState(2_000),
  fetching: { ...held, name: 'fetching' },
  connecting: { ...held, name: 'connecting' },
  streaming,
  waiting: { ...held, freshness: 'stale', name: 'waiting', next: 'connect' },
  refused: { ...held, freshness: 'stale', name: 'refused', next: 'fetch' },
  stopped: { ...held, name: 'stopped' },
};

const failed = (status: number | null, retryAfterMs: number | null = null): FollowerEvent => ({
  type: 'failed',
  attempt: ATTEMPT,
  status,
  retryAfterMs,
  message: 'because',
});
const snapshot = (at: Place): FollowerEvent => ({ type: 'snapshot', attempt: ATTEMPT, place: at, blocks: [] });
const head = (at: Place): FollowerEvent => ({ type: 'head', attempt: ATTEMPT, place: at });
const patch = (at: Place): FollowerEvent => ({ type: 'patch', attempt: ATTEMPT, place: at, blocks: [] });

const EVENTS = {
  'start with a copy': { type: 'start', mine: MINE },
  'start with nothing': { type: 'start', mine: null },
  stop: { type: 'stop' },
  'failed 500': failed(500),
  'failed 503 + Retry-After': failed(503, 7_000),
  'failed 401': failed(401),
  'failed 403': failed(403),
  'failed, of an earlier attempt': { type: 'failed', attempt: 2, status: 500, retryAfterMs: null, message: 'late' },
  'snapshot ahead': snapshot(THEIRS.ahead),
  'snapshot of a new epoch': snapshot(THEIRS.newEpoch),
  'snapshot same': snapshot(THEIRS.same),
  'snapshot behind': snapshot(THEIRS.behind),
  'snapshot split': snapshot(THEIRS.split),
  'snapshot elsewhere': snapshot(THEIRS.elsewhere),
  unchanged: { type: 'unchanged', attempt: ATTEMPT },
  malformed: { type: 'malformed', attempt: ATTEMPT, message: 'unreadable' },
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
  applied: { type: 'applied', place: THEIRS.ahead },
  rejected: { type: 'rejected', place: THEIRS.ahead, reason: 'root', message: 'wrong' },
  'timer wait': { type: 'timer', timer: 'wait' },
  'timer silent': { type: 'timer', timer: 'silent' },
  'timer unsettled': { type: 'timer', timer: 'unsettled' },
  'timer healthy': { type: 'timer', timer: 'healthy' },
  'timer aged': { type: 'timer', timer: 'aged' },
} as const satisfies Record<string, FollowerEvent>;

type EventName = keyof typeof EVENTS;
/** `-`: nothing changes and nothing is done. Else the next state and what is done, in order. */
type Row = { readonly [name in StateName]: string };

const NOTHING: Row = {
  starting: '-',
  fetching: '-',
  connecting: '-',
  streaming: '-',
  waiting: '-',
  refused: '-',
  stopped: '-',
};
const QUIET = '-wait -silent -unsettled -healthy -aged';
const FETCH_FAILED = '-aged stale +wait[0,1000]';
const LEAVE_TO_FETCH = 'cancel -silent -healthy +aged[2000] fetch';
const REFUSED = '-aged stale !key +wait[300000,330000]';
const RECONNECT = '-silent -healthy +aged[2000] +wait[0,200]';

/** A missing event, or a state that a row does not name, does not compile. */
const TABLE: { readonly [name in EventName]: Row } = {
  'start with a copy': { ...NOTHING, starting: 'connecting: +aged[2000] ready connect' },
  'start with nothing': { ...NOTHING, starting: 'fetching: fetch' },
  stop: {
    starting: `stopped: ${QUIET}`,
    fetching: `stopped: cancel ${QUIET}`,
    connecting: `stopped: cancel ${QUIET}`,
    streaming: `stopped: cancel ${QUIET}`,
    waiting: `stopped: ${QUIET}`,
    refused: `stopped: ${QUIET}`,
    stopped: '-',
  },
  'failed 500': {
    ...NOTHING,
    fetching: `waiting to fetch: !unreachable ${FETCH_FAILED}`,
    connecting: `waiting to connect: !unreachable ${FETCH_FAILED}`,
    streaming: `waiting to connect: !ended ${RECONNECT}`,
  },
  'failed 503 + Retry-After': {
    ...NOTHING,
    fetching: 'waiting to fetch: !unreachable -aged stale +wait[7000,8000]',
    connecting: 'waiting to connect: !unreachable -aged stale +wait[7000,8000]',
    streaming: `waiting to connect: !ended ${RECONNECT}`,
  },
  'failed 401': {
    ...NOTHING,
    fetching: `refused to fetch: ${REFUSED}`,
    connecting: `refused to connect: ${REFUSED}`,
    streaming: `waiting to connect: !ended ${RECONNECT}`,
  },
  'failed 403': {
    ...NOTHING,
    fetching: `refused to fetch: ${REFUSED}`,
    connecting: `refused to connect: ${REFUSED}`,
    streaming: `waiting to connect: !ended ${RECONNECT}`,
  },
  'failed, of an earlier attempt': NOTHING,
  'snapshot ahead': { ...NOTHING, fetching: 'fetching: apply:snapshot' },
  'snapshot of a new epoch': { ...NOTHING, fetching: 'fetching: apply:snapshot' },
  'snapshot same': { ...NOTHING, fetching: 'connecting: connect' },
  'snapshot behind': { ...NOTHING, fetching: `waiting to fetch: !order ${FETCH_FAILED}` },
  'snapshot split': { ...NOTHING, fetching: `waiting to fetch: !split ${FETCH_FAILED}` },
  'snapshot elsewhere': { ...NOTHING, fetching: `waiting to fetch: !order ${FETCH_FAILED}` },
  unchanged: { ...NOTHING, fetching: 'connecting: connect' },
  malformed: {
    ...NOTHING,
    fetching: `waiting to fetch: !ruleset ${FETCH_FAILED}`,
    streaming: `fetching: !ruleset ${LEAVE_TO_FETCH}`,
  },
  opened: { ...NOTHING, connecting: 'streaming: +silent[40000]' },
  heard: { ...NOTHING, streaming: 'streaming: +silent[40000]' },
  'head ahead': { ...NOTHING, streaming: 'streaming: +unsettled[1000]' },
  'head of a new epoch': { ...NOTHING, streaming: `fetching: ${LEAVE_TO_FETCH}` },
  'head same': { ...NOTHING, streaming: 'streaming:' },
  'head behind': { ...NOTHING, streaming: 'streaming: +unsettled[1000]' },
  'head split': { ...NOTHING, streaming: `fetching: !split ${LEAVE_TO_FETCH}` },
  'head elsewhere': { ...NOTHING, streaming: `fetching: !order ${LEAVE_TO_FETCH}` },
  'patch ahead': { ...NOTHING, streaming: 'streaming: apply:patch' },
  'patch of a new epoch': { ...NOTHING, streaming: `fetching: ${LEAVE_TO_FETCH}` },
  'patch same': NOTHING,
  'patch behind': NOTHING,
  'patch split': { ...NOTHING, streaming: `fetching: !split ${LEAVE_TO_FETCH}` },
  'patch elsewhere': { ...NOTHING, streaming: `fetching: !order ${LEAVE_TO_FETCH}` },
  reset: { ...NOTHING, streaming: `fetching: ${LEAVE_TO_FETCH}` },
  applied: { ...NOTHING, fetching: 'connecting: connect', streaming: 'streaming:' },
  rejected: {
    ...NOTHING,
    fetching: `waiting to fetch: !ruleset ${FETCH_FAILED}`,
    streaming: `fetching: !ruleset ${LEAVE_TO_FETCH}`,
  },
  'timer wait': { ...NOTHING, waiting: 'connecting: connect', refused: 'fetching: fetch' },
  'timer silent': { ...NOTHING, streaming: `waiting to connect: cancel !ended ${RECONNECT}` },
  'timer unsettled': NOTHING,
  'timer healthy': { ...NOTHING, streaming: 'streaming:' },
  'timer aged': {
    ...NOTHING,
    starting: 'starting:',
    fetching: 'fetching: -aged stale',
    connecting: 'connecting: -aged stale',
    streaming: 'streaming: -aged stale',
    waiting: 'waiting to connect:',
    refused: 'refused to fetch:',
  },
};

function written(action: FollowerAction): string {
  if (action.type === 'setTimer') {
    const { timer, minMs, maxMs } = action;
    return `+${timer}[${minMs === maxMs ? minMs : `${minMs},${Math.round(maxMs)}`}]`;
  }
  if (action.type === 'clearTimer') return `-${action.timer}`;
  if (action.type === 'problem') return `!${action.problem.code}`;
  return action.type === 'apply' ? `apply:${action.mode}` : action.type;
}

function outcome(state: FollowerState, event: FollowerEvent): string {
  const next = step(state, event);
  if (next.state === state && next.actions.length === 0) return '-';
  const to = 'next' in next.state ? ` to ${next.state.next}` : '';
  return [`${next.state.name}${to}:`, ...next.actions.map(written)].join(' ');
}

/** The state after several events, and everything that was done on the way. */
function play(from: FollowerState, ...events: readonly FollowerEvent[]) {
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

describe("the follower's machine", () => {
  for (const [event, row] of Object.entries(TABLE))
    for (const [state, expected] of Object.entries(row))
      it(`${state} + ${event} gives ${expected}`, () => {
        expect(outcome(STATES[state as StateName], EVENTS[event as EventName])).toBe(expected);
      });

  it('fetches, announces that it is ready and then streams when it begins with nothing', () => {
    const { done, state } = play(STATES.starting, EVENTS['start with nothing'], snapshot(MINE), {
      type: 'applied',
      place: MINE,
    });
    expect(done).toBe('fetch apply:snapshot ready +aged[2000] connect');
    expect(state).toMatchObject({ name: 'connecting', mine: MINE, confirmed: true, freshness: 'doubtful' });
  });

  it('asks with the hash of what it holds, and follows from there', () => {
    expect(play(STATES.streaming, EVENTS.reset).actions.at(-1)).toEqual({ type: 'fetch', attempt: 4, etag: 'h5' });
    expect(play(STATES.waiting, EVENTS['timer wait']).actions).toEqual([{ type: 'connect', attempt: 4, after: MINE }]);
  });

  it('is fresh again once a head on a live stream confirms what it holds', () => {
    const opened = play(STATES.connecting, EVENTS.opened);
    expect(opened.state.freshness).toBe('doubtful');
    const confirmed = play(opened.state, EVENTS['head same']);
    expect(confirmed.done).toBe('-aged fresh +healthy[60000]');
    expect(confirmed.state).toMatchObject({ freshness: 'fresh', confirmedHere: true });
  });

  it('is fresh again once a patch on a live stream was applied', () => {
    const { done } = play({ ...STATES.connecting, freshness: 'stale' }, EVENTS.opened, EVENTS['patch ahead'], {
      type: 'applied',
      place: THEIRS.ahead,
    });
    expect(done).toBe('+silent[40000] apply:patch fresh +healthy[60000]');
  });

  it('waits a second for the patches that an announced head promises, and again as long as they come', () => {
    const far = place(1, 8, 'h8');
    const { done, state } = play(
      { ...streaming, freshness: 'stale', confirmedHere: false },
      head(far),
      patch(THEIRS.ahead),
      { type: 'applied', place: THEIRS.ahead },
      head(far),
      patch(far),
      { type: 'applied', place: far },
    );
    expect(done).toBe('+unsettled[1000] apply:patch +unsettled[1000] apply:patch -unsettled fresh +healthy[60000]');
    expect(state).toMatchObject({ mine: far, announced: null });
  });

  it('fetches when an announced head stays ahead without patches', () => {
    const { done, state } = play(streaming, head(THEIRS.ahead), EVENTS['timer unsettled']);
    expect(done).toBe('+unsettled[1000] !order cancel -silent -unsettled -healthy +aged[2000] fetch');
    expect(state.name).toBe('fetching');
  });

  it('leaves a server that stays behind, after a wait, and keeps what it holds', () => {
    const { done, state } = play(streaming, head(THEIRS.behind), EVENTS['timer unsettled']);
    expect(done).toBe('+unsettled[1000] cancel !order -silent -unsettled -healthy +aged[2000] +wait[0,200]');
    expect(state).toMatchObject({ name: 'waiting', next: 'connect', mine: MINE });
  });

  it('reports a split when the patches lead to another head than was announced', () => {
    const applied: FollowerEvent = { type: 'applied', place: place(1, 6, 'other') };
    const { done } = play(streaming, head(THEIRS.ahead), patch(applied.place), applied);
    expect(done).toContain('!split cancel');
  });

  it('replaces what only a file says when the server says another environment, and nothing else', () => {
    const fromFile = play(STATES.starting, EVENTS['start with a copy'], EVENTS.opened, head(THEIRS.elsewhere)).state;
    expect(outcome(fromFile, { ...EVENTS['snapshot elsewhere'], attempt: fromFile.attempt } as FollowerEvent)).toBe(
      'fetching: apply:replace',
    );
  });

  it('fetches at once for the first trouble of a stream, and waits before it does so again', () => {
    const first = play(streaming, EVENTS.reset, snapshot(THEIRS.ahead), { type: 'applied', place: THEIRS.ahead });
    expect(first.done).toContain('fetch apply:snapshot connect');
    const again = play(first.state, EVENTS.opened, EVENTS.reset);
    expect(again.done).toBe('+silent[40000] cancel -silent +wait[0,1000]');
    expect(again.state).toMatchObject({ name: 'waiting', next: 'fetch' });
  });

  it('doubles its window up to 30 s and forgets its troubles only after 60 s of health', () => {
    const windows: number[] = [];
    let state: FollowerState = { ...STATES.connecting, failures: 0 };
    for (let i = 0; i < 8; i++) {
      const next = play(state, EVENTS['failed 500'], EVENTS['timer wait']);
      for (const action of next.actions) if (action.type === 'setTimer') windows.push(action.maxMs);
      state = next.state;
    }
    expect(windows).toEqual([1_000, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000]);
    const back = play({ ...state, name: 'connecting' }, EVENTS.opened, EVENTS['head same']);
    expect(back.state.failures).toBe(8);
    expect(play(back.state, EVENTS['timer healthy']).state.failures).toBe(0);
  });

  it('begins with a snapshot from the third trouble in a row on', () => {
    const nexts = [0, 1, 2, 3].map((failures) => {
      const { state } = play({ ...STATES.connecting, failures }, EVENTS['failed 500']);
      return 'next' in state ? state.next : state.name;
    });
    expect(nexts).toEqual(['connect', 'connect', 'fetch', 'fetch']);
  });

  it('believes at most five minutes of a Retry-After', () => {
    const { actions } = play(STATES.connecting, failed(429, 86_400_000));
    expect(actions).toContainEqual({ type: 'setTimer', timer: 'wait', minMs: 300_000, maxMs: 301_000 });
  });

  it('asks about a ruleset it cannot apply instead of downloading it again', () => {
    const rejected: FollowerEvent = { type: 'rejected', place: THEIRS.ahead, reason: 'engine', message: 'engine 2' };
    const { actions, state } = play(
      STATES.fetching,
      snapshot(THEIRS.ahead),
      rejected,
      EVENTS['timer wait'],
      EVENTS.unchanged,
      EVENTS['timer wait'],
    );
    expect(actions.filter((action) => action.type === 'fetch').map(({ etag }) => etag)).toEqual(['h6', 'h6']);
    expect(state).toMatchObject({ name: 'fetching', mine: MINE, freshness: 'stale' });
    const next = play(state, snapshot(place(1, 7, 'h7')), { type: 'applied', place: place(1, 7, 'h7') });
    expect(next.state).toMatchObject({ name: 'connecting', unusable: null });
  });

  it('does not believe a 304 when it holds nothing', () => {
    const { state } = play(STATES.starting, EVENTS['start with nothing'], EVENTS.unchanged);
    expect(state).toMatchObject({ name: 'waiting', next: 'fetch' });
  });

  it('never says stale while it holds nothing', () => {
    const { done } = play(STATES.starting, EVENTS['start with nothing'], EVENTS['failed 500'], EVENTS['timer aged']);
    expect(done).toBe('fetch !unreachable +wait[0,1000]');
  });
});
