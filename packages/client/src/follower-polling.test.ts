import { describe, expect, it } from 'vitest';
import { EVENTS, play, snapshot, STATES, streaming, THEIRS } from '../test-support/played-machine.ts';
import type { FollowerState } from './follower-state.ts';

describe('a follower whose heads come late', () => {
  it('leaves a stream that brings no head within 5 s, and polls when the next one brings none either', () => {
    const first = play(STATES.connecting, EVENTS.opened, EVENTS['timer late']);
    expect(first.done).toBe('+silent[40000] +late[5000] cancel !ended -silent -late +wait[0,1000]');
    const second = play(first.state, EVENTS['timer wait'], EVENTS.opened, EVENTS.heard, EVENTS['timer late']);
    expect(second.done).toContain('cancel -silent -late !late fetch');
    expect(second.state).toMatchObject({ name: 'fetching', polls: 20, late: 1 });
  });

  it('polls when heads come late twice within a minute, and forgets one that was late alone', () => {
    const once = play(streaming, EVENTS['timer late']);
    expect(once.state).toMatchObject({ name: 'streaming', late: 1 });
    expect(play(once.state, EVENTS['head same'], EVENTS['timer healthy']).state).toMatchObject({ late: 0 });
    const twice = play(once.state, EVENTS['head same'], EVENTS['timer late']);
    expect(twice.done).toBe('+late[25000] cancel -silent -late -healthy !late +aged[2000] fetch');
  });

  it('polls when a connection brings no answer twice', () => {
    const once = play({ ...STATES.connecting, failures: 0 }, EVENTS['failed, unanswered']);
    expect(once.state).toMatchObject({ name: 'waiting', late: 1, polls: 0 });
    const twice = play(once.state, EVENTS['timer wait'], EVENTS['failed, unanswered']);
    expect(twice.done).toBe('connect !unreachable !late fetch');
  });

  it('polls at the pace of heartbeats, is fresh meanwhile, and tries a stream after 20 polls', () => {
    const polled = play({ ...STATES.fetching, late: 1, polls: 20 }, EVENTS.unchanged);
    expect(polled.done).toBe('-aged fresh +wait[12000,18000]');
    let { state } = polled;
    const requests: string[] = [];
    for (let poll = 2; poll <= 20; poll++) {
      const next = play(state, EVENTS['timer wait'], EVENTS.unchanged);
      requests.push(...next.actions.map(({ type }) => type).filter((type) => type === 'fetch' || type === 'connect'));
      state = next.state;
    }
    expect(requests).toEqual([...Array.from({ length: 19 }, () => 'fetch'), 'connect']);
    expect(state).toMatchObject({ name: 'connecting', freshness: 'fresh', polls: 0 });
    expect(play(state, EVENTS.opened, EVENTS['timer late']).state).toMatchObject({ name: 'fetching', polls: 20 });
    const well = play(state, EVENTS.opened, EVENTS['head same'], EVENTS['timer healthy']);
    expect(well.state).toMatchObject({ name: 'streaming', late: 0, failures: 0 });
  });

  it('polls, and waits after failures, at the pace that it is given', () => {
    const pace = { baseMs: 1_000, capMs: 5_000, pollMs: 3_000 };
    expect(play({ ...STATES.fetching, pace, polls: 20 }, EVENTS.unchanged).done).toBe('-aged fresh +wait[2400,3600]');
    expect(play({ ...STATES.fetching, pace, failures: 9 }, EVENTS['failed 500']).done).toContain('+wait[0,5000]');
  });

  it('applies what a poll brings, and tries a stream all the same when polls fail on and on', () => {
    const polled: FollowerState = { ...STATES.fetching, polls: 3 };
    const { done } = play(polled, snapshot(THEIRS.ahead), { type: 'applied', place: THEIRS.ahead });
    expect(done).toBe('apply:snapshot -aged fresh +wait[12000,18000]');
    let state: FollowerState = polled;
    const requests: string[] = [];
    for (let i = 0; i < 3; i++) {
      const next = play(state, EVENTS['failed 500'], EVENTS['timer wait']);
      requests.push(...next.actions.map(({ type }) => type).filter((type) => type === 'fetch' || type === 'connect'));
      state = next.state;
    }
    expect(requests).toEqual(['fetch', 'fetch', 'connect']);
  });
});
