import type { NamedInstance } from '@flaghoist/protocol/exposures';
import { describe, expect, it } from 'vitest';
import { type EdgeRow, edgesAt, instancesAt, type InstanceRow, laggardsAt, separate } from './live-followers.ts';

const AT = '2030-01-01T00:00:10.000Z';
const EARLIER = '2030-01-01T00:00:04.000Z';

const edge = (name: string, more: Partial<EdgeRow> = {}): EdgeRow => ({
  edge: name,
  version: '1.0.0',
  host: `host-of-${name}`,
  epoch: 1,
  revision: 8,
  appliedAt: null,
  ageMs: 0,
  problem: null,
  counts: [],
  older: 0,
  uncounted: 0,
  canary: false,
  laggards: [],
  seenAt: AT,
  live: true,
  ...more,
});

const instance = (name: string, at: string, more: Partial<InstanceRow> = {}): InstanceRow => ({
  edge: at,
  instance: name,
  sdk: 'test/1',
  host: 'here/1',
  epoch: 1,
  revision: 8,
  appliedAt: null,
  ageMs: 0,
  problem: null,
  seenAt: AT,
  live: true,
  ...more,
});

const lagging = (name: string, revision: number): NamedInstance => ({
  instance: name,
  sdk: 'test/1',
  host: 'here/1',
  place: [1, revision],
  appliedMs: null,
  heardMs: 3_000,
  ageMs: 0,
  problem: null,
});

describe('live followers', () => {
  it('have a revision when they have it or a later one, also of a later epoch', () => {
    const edges = [
      edge('a'),
      edge('b', { revision: 7 }),
      edge('c', { epoch: 2, revision: 1 }),
      edge('d', { live: false }),
    ];
    expect(edgesAt(edges, [1, 8])).toEqual({ live: 3, applied: 2 });
    const counts = [
      [2, 1, 5],
      [1, 9, 10],
      [1, 8, 20],
      [1, 7, 40],
    ] as const;
    expect(instancesAt([edge('a', { counts, older: 3 })], [], [1, 8])).toEqual({ live: 78, applied: 35 });
    expect(instancesAt([edge('a', { counts, older: 3, live: false })], [], [1, 8])).toEqual({ live: 0, applied: 0 });
  });

  it('that two edges know are counted at the one that heard of them last', () => {
    const edges = [edge('a', { counts: [[1, 7, 1]] }), edge('b', { counts: [[1, 8, 1]] })];
    const { newest, outdated } = separate([
      instance('one', 'a', { revision: 7, seenAt: EARLIER }),
      instance('one', 'b'),
    ]);
    expect(newest.get('one')?.edge).toBe('b');
    expect(instancesAt(edges, outdated, [1, 8])).toEqual({ live: 1, applied: 1 });
    expect(instancesAt(edges, [], [1, 8])).toEqual({ live: 2, applied: 1 });
  });

  it('are at a live edge rather than at one that is gone', () => {
    const { newest } = separate([instance('one', 'a', { live: false }), instance('one', 'b', { seenAt: EARLIER })]);
    expect(newest.get('one')?.edge).toBe('b');
  });

  it('that lag are named: edges first, then instances, and none that has gone to another edge since', () => {
    const edges = [
      edge('a', { laggards: [lagging('one', 7), lagging('two', 6), lagging('three', 8)] }),
      edge('b', { revision: 7, problem: 'flag/x: no' }),
    ];
    const { newest } = separate([instance('one', 'a', { revision: 7, seenAt: EARLIER }), instance('one', 'b')]);
    expect(laggardsAt(edges, newest, [1, 8])).toMatchObject([
      { kind: 'edge', id: 'b', program: '1.0.0', revision: 7, problem: 'flag/x: no' },
      { kind: 'instance', id: 'two', program: 'test/1', revision: 6, seenAt: '2030-01-01T00:00:07.000Z' },
    ]);
  });
});
