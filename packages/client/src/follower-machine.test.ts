import { describe, expect, it } from 'vitest';
import {
  EVENTS,
  failed,
  head,
  outcome,
  patch,
  place,
  play,
  snapshot,
  STATES,
  streaming,
  THEIRS,
  MINE,
} from '../test-support/played-machine.ts';
import type { FollowerEvent, FollowerState, StateName } from './follower-state.ts';

type EventName = keyof typeof EVENTS;
/** `-`: nothing changes and nothing is done. Else the next state and what is done, in order. */
type Row = { readonly [name in StateName]: string };

const NOTHING: Row = {
  starting: '-',
  fetching: '-',
  connecting: '-',
  streaming: '-',
  waiting: '-',
  polling: '-',
  refused: '-',
  stopped: '-',
};
const QUIET = '-wait -silent -late -unsettled -healthy -aged -asked';
const FETCH_FAILED = '-aged stale +wait[0,1000]';
const LEAVE_TO_FETCH = 'cancel -silent -late -healthy +aged[2000] fetch';
const REFUSED = '-aged stale !key +wait[300000,330000]';
const RECONNECT = '-silent -late -healthy +aged[2000] +wait[0,200]';

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
    polling: `stopped: ${QUIET}`,
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
  'failed, unanswered': {
    ...NOTHING,
    fetching: `waiting to fetch: !unreachable ${FETCH_FAILED}`,
    connecting: `waiting to connect: !unreachable ${FETCH_FAILED}`,
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
  opened: { ...NOTHING, connecting: 'streaming: +silent[40000] +late[5000]' },
  heard: { ...NOTHING, streaming: 'streaming: +silent[40000]' },
  'head ahead': { ...NOTHING, streaming: 'streaming: +late[25000] +unsettled[1000]' },
  'head of a new epoch': { ...NOTHING, streaming: `fetching: +late[25000] ${LEAVE_TO_FETCH}` },
  'head same': { ...NOTHING, streaming: 'streaming: +late[25000]' },
  'head behind': { ...NOTHING, streaming: 'streaming: +late[25000] +unsettled[1000]' },
  'head split': { ...NOTHING, streaming: `fetching: +late[25000] !split ${LEAVE_TO_FETCH}` },
  'head elsewhere': { ...NOTHING, streaming: `fetching: +late[25000] !order ${LEAVE_TO_FETCH}` },
  'patch ahead': { ...NOTHING, streaming: 'streaming: apply:patch' },
  'patch of a new epoch': { ...NOTHING, streaming: `fetching: ${LEAVE_TO_FETCH}` },
  'patch same': NOTHING,
  'patch behind': NOTHING,
  'patch split': { ...NOTHING, streaming: `fetching: !split ${LEAVE_TO_FETCH}` },
  'patch elsewhere': { ...NOTHING, streaming: `fetching: !order ${LEAVE_TO_FETCH}` },
  reset: { ...NOTHING, streaming: `fetching: ${LEAVE_TO_FETCH}` },
  ask: {
    ...NOTHING,
    fetching: 'fetching: +asked[250]',
    connecting: 'connecting: probe +asked[250]',
    streaming: 'streaming: probe +asked[250]',
    polling: 'fetching: -wait +asked[250] +aged[2000] fetch',
  },
  'probed ahead': {
    ...NOTHING,
    connecting: 'connecting: apply:snapshot',
    streaming: 'streaming: apply:snapshot',
  },
  'probed same': NOTHING,
  'probed split': NOTHING,
  news: NOTHING,
  applied: { ...NOTHING, fetching: 'connecting: connect', connecting: 'connecting:', streaming: 'streaming:' },
  rejected: {
    ...NOTHING,
    fetching: `waiting to fetch: !ruleset ${FETCH_FAILED}`,
    connecting: 'connecting: !ruleset',
    streaming: `fetching: !ruleset ${LEAVE_TO_FETCH}`,
  },
  'timer wait': {
    ...NOTHING,
    waiting: 'connecting: connect',
    polling: 'fetching: +aged[2000] fetch',
    refused: 'fetching: fetch',
  },
  'timer silent': { ...NOTHING, streaming: `waiting to connect: cancel !ended ${RECONNECT}` },
  'timer late': { ...NOTHING, streaming: 'streaming: +late[25000] +healthy[60000]' },
  'timer unsettled': NOTHING,
  'timer healthy': { ...NOTHING, streaming: 'streaming:' },
  'timer aged': {
    ...NOTHING,
    starting: 'starting:',
    fetching: 'fetching: -aged stale',
    connecting: 'connecting: -aged stale',
    streaming: 'streaming: -aged stale',
    waiting: 'waiting to connect:',
    polling: 'polling: -aged stale',
    refused: 'refused to fetch:',
  },
  'timer asked': NOTHING,
};

describe("the follower's machine", () => {
  for (const [event, row] of Object.entries(TABLE))
    for (const [state, expected] of Object.entries(row))
      it(`${state} + ${event} gives ${expected}`, () => {
        expect(outcome(STATES[state as StateName], EVENTS[event as EventName])).toBe(expected);
      });

  it('asks at once for whoever needs something newer, and not again for 250 ms, however many do', () => {
    const ask = { type: 'ask' } as const;
    const rested = { type: 'timer', timer: 'asked' } as const;
    expect(play(STATES.streaming, ask, ask, ask).done).toBe('probe +asked[250]');
    expect(play(STATES.streaming, ask, ask, rested, rested).done).toBe('probe +asked[250] probe +asked[250]');
    expect(play(STATES.streaming, ask, rested, ask).done).toBe('probe +asked[250] probe +asked[250]');
    expect(play(STATES.polling, ask, EVENTS.unchanged, ask, rested).done).toBe(
      '-wait +asked[250] +aged[2000] fetch -aged fresh +wait[12000,18000] -wait +asked[250] +aged[2000] fetch',
    );
    // A snapshot that was asked for before may come without it.
    expect(play({ ...STATES.fetching, polls: 5 }, ask, EVENTS.unchanged, rested).done).toContain('fetch');
    for (const name of ['waiting', 'refused', 'starting', 'stopped'] as const)
      expect(play(STATES[name], ask, rested).done).toBe('');
  });

  it('is told of news only while it waits for the sake of what is quarantined', () => {
    const quarantined = { ...EVENTS.rejected, reason: 'quarantine' } as const;
    const { state } = play(STATES.fetching, quarantined);
    expect(state).toMatchObject({ name: 'waiting', forNews: true });
    expect(play(state, { type: 'news' }).done).toBe('-wait fetch');
    expect(play(play(STATES.fetching, EVENTS.rejected).state, { type: 'news' }).done).toBe('');
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
    expect(confirmed.done).toBe('+late[25000] -aged fresh +healthy[60000]');
    expect(confirmed.state).toMatchObject({ freshness: 'fresh', confirmedHere: true });
  });

  it('is fresh again once a patch on a live stream was applied', () => {
    const { done } = play({ ...STATES.connecting, freshness: 'stale' }, EVENTS.opened, EVENTS['patch ahead'], {
      type: 'applied',
      place: THEIRS.ahead,
    });
    expect(done).toBe('+silent[40000] +late[5000] apply:patch fresh +healthy[60000]');
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
    expect(done).toBe(
      '+late[25000] +unsettled[1000] apply:patch +unsettled[1000] +late[25000] apply:patch -unsettled fresh +healthy[60000]',
    );
    expect(state).toMatchObject({ mine: far, announced: null });
  });

  it('fetches when an announced head stays ahead without patches', () => {
    const { done, state } = play(streaming, head(THEIRS.ahead), EVENTS['timer unsettled']);
    expect(done).toBe(
      '+late[25000] +unsettled[1000] !order cancel -silent -late -unsettled -healthy +aged[2000] fetch',
    );
    expect(state.name).toBe('fetching');
  });

  it('leaves a server that stays behind, after a wait, and keeps what it holds', () => {
    const { done, state } = play(streaming, head(THEIRS.behind), EVENTS['timer unsettled']);
    expect(done).toBe(
      '+late[25000] +unsettled[1000] cancel !order -silent -late -unsettled -healthy +aged[2000] +wait[0,200]',
    );
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
    expect(again.done).toBe('+silent[40000] +late[5000] cancel -silent -late +wait[0,1000]');
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
