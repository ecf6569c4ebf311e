import { randomBytes } from 'node:crypto';
import {
  AGGREGATE_LIMITS,
  type Applied,
  type FollowingReceipt,
  INSTANCE_LIVES_MS,
  LATENCY_BOUNDS_MS,
  parseAggregate,
  type ReceiptPlace,
  type ServingAggregate,
} from '@flaghoist/protocol/exposures';
import { describe, expect, it } from 'vitest';
import { bucketOf, ReceiptBoard } from './receipt-board.ts';

const nameOf = (number: number): string => `instance-${String(number).padStart(12, '0')}`;

function receipt(number: number, place: ReceiptPlace | null, more: Partial<FollowingReceipt> = {}): FollowingReceipt {
  const fixed = { sdk: 'test/1', host: 'here/1', state: 'following', ageMs: 0, problem: null } as const;
  return { instance: nameOf(number), ...fixed, place, applied: [], ...more };
}

const within = (histogram: ServingAggregate['deliveries'][number]['histogram'] = []) =>
  histogram.map(([bucket, instances]) => [LATENCY_BOUNDS_MS[bucket], instances]);

describe('the receipts of an environment', () => {
  it('come to counts by place, newest first, and to those who lag by name', () => {
    const board = new ReceiptBoard();
    board.edgeApplied([1, 7], 0, false);
    board.take(receipt(1, [1, 7]), 10);
    board.take(receipt(2, [1, 6], { problem: 'flag/x: no' }), 20);
    board.take(receipt(3, [1, 7]), 30);
    board.take(receipt(4, null), 40);
    const said = board.read(50, true);
    expect(said.counts).toEqual([
      [1, 7, 2],
      [1, 6, 1],
    ]);
    expect(said.older).toBe(1);
    expect(said.laggards.map(({ instance, heardMs }) => [instance, heardMs])).toEqual([
      [nameOf(2), 30],
      [nameOf(4), 10],
    ]);
    expect(said.named).toHaveLength(4);
    expect(board.read(60, false)).toMatchObject({ named: [], gone: [], older: 1 });
  });

  it('measure a revision from when the edge applied it, on the edge’s clock', () => {
    const board = new ReceiptBoard();
    board.take(receipt(1, [1, 7]), 0);
    board.take(receipt(2, [1, 7]), 0);
    board.edgeApplied([1, 8], 1_000, true);
    // Applied 8 ms and 40 ms after the edge, told half a second later.
    board.take(receipt(1, [1, 8], { applied: [[1, 8, 492]] }), 1_500);
    board.take(receipt(2, [1, 8], { applied: [[1, 8, 560]] }), 1_600);
    const [delivery] = board.read(2_000, false).deliveries;
    expect([delivery?.place, delivery?.appliedMs]).toEqual([[1, 8], 1_000]);
    expect(within(delivery?.histogram)).toEqual([
      [10, 1],
      [50, 1],
    ]);
  });

  it('tell a revision once that came into use twice', () => {
    const board = new ReceiptBoard();
    for (const now of [1_000, 2_000]) board.edgeApplied([1, 8], now, true);
    expect(board.read(3_000, true).deliveries).toMatchObject([{ place: [1, 8], appliedMs: 2_000 }]);
  });

  it('count the same once, however often it is told', () => {
    const board = new ReceiptBoard();
    board.edgeApplied([1, 8], 1_000, true);
    const applied: readonly Applied[] = [[1, 8, 10]];
    board.take(receipt(1, [1, 8], { applied }), 1_020);
    board.take(receipt(1, [1, 8], { applied }), 1_030);
    const { deliveries, counts } = board.read(2_000, false);
    expect(within(deliveries[0]?.histogram)).toEqual([[10, 1]]);
    expect(counts).toEqual([[1, 8, 1]]);
  });

  it('do not measure what the edge began with', () => {
    const board = new ReceiptBoard();
    board.edgeApplied([1, 8], 1_000, false);
    board.take(receipt(1, [1, 8], { applied: [[1, 8, 10]] }), 1_020);
    expect(board.read(2_000, true).deliveries).toEqual([]);
    expect(board.placeAt).toBeNull();
  });

  it('are forgotten after two minutes of silence, and at once with a goodbye', () => {
    const board = new ReceiptBoard();
    board.take(receipt(1, [1, 1]), 0);
    board.take(receipt(2, [1, 1]), 0);
    board.take(receipt(3, [1, 1]), 1_000);
    board.read(1_000, true);
    board.take({ instance: nameOf(2), state: 'closed' }, 1_500);
    expect(board.read(1_500, false)).toMatchObject({ gone: [nameOf(2)], counts: [[1, 1, 2]] });
    board.expire(INSTANCE_LIVES_MS);
    expect(board.isNews).toBe(true);
    expect(board.read(INSTANCE_LIVES_MS, false)).toMatchObject({ gone: [nameOf(1)], counts: [[1, 1, 1]] });
    board.expire(INSTANCE_LIVES_MS + 1_000);
    expect([board.size, board.read(INSTANCE_LIVES_MS + 1_000, false).counts]).toEqual([0, []]);
  });

  it('are no news when an instance is only heard of again', () => {
    const board = new ReceiptBoard();
    board.take(receipt(1, [1, 1]), 0);
    board.read(0, true);
    board.take(receipt(1, [1, 1]), 30_000);
    expect(board.isNews).toBe(false);
    board.take(receipt(1, [1, 1], { problem: 'flag/x: no' }), 30_000);
    expect(board.isNews).toBe(true);
  });

  it('are said again when they could not be told', () => {
    const board = new ReceiptBoard();
    board.edgeApplied([1, 2], 0, true);
    board.take(receipt(1, [1, 2], { applied: [[1, 2, 0]] }), 5);
    board.take(receipt(2, [1, 2]), 5);
    board.take({ instance: nameOf(2), state: 'closed' }, 6);
    const lost = board.read(10, false);
    board.putBack(lost);
    expect(board.isNews).toBe(true);
    expect(board.read(20, false)).toMatchObject({
      gone: [nameOf(2)],
      named: [{ instance: nameOf(1) }],
      deliveries: [{ place: [1, 2] }],
    });
  });

  it('of 10,000 instances with the longest texts fit into 64 kB, and are all told within seconds', () => {
    const board = new ReceiptBoard();
    const long = { sdk: '🦉'.repeat(64), host: '🦉'.repeat(64), problem: '🦉'.repeat(150) };
    board.edgeApplied([1, 1_000], 0, true);
    for (let number = 0; number < 10_000; number++)
      board.take(
        { ...receipt(number, [1, number % 900]), ...long, instance: randomBytes(48).toString('base64url') },
        1,
      );
    const told = new Set<string>();
    for (let second = 1; second <= 60; second++) {
      const said: ServingAggregate = {
        environment: 'e'.repeat(36),
        edge: 'edge-of-16-chars',
        sequence: second,
        state: 'serving',
        version: 'v'.repeat(128),
        host: long.host,
        place: [1, 1_000],
        appliedMs: 1,
        ageMs: 1,
        problem: long.problem,
        uncounted: 0,
        ...board.read(second * 1_000, true),
      };
      const text = JSON.stringify(said);
      expect(Buffer.byteLength(text)).toBeLessThan(AGGREGATE_LIMITS.bytes);
      expect(parseAggregate(text)).toEqual(said);
      expect(said.counts.reduce((sum, [, , instances]) => sum + instances, said.older)).toBe(10_000);
      for (const { instance } of said.named) told.add(instance);
    }
    expect(told.size).toBe(1_000);
    expect(board.isNews).toBe(false);
  });

  it('take as long for each instance however many there are', () => {
    const steps = (instances: number): number => {
      const board = new ReceiptBoard();
      for (let number = 0; number < instances; number++) board.take(receipt(number, [1, 1]), 0);
      board.edgeApplied([1, 2], 0, true);
      const begun = performance.now();
      for (let turn = 0; turn < 10; turn++)
        for (let number = 0; number < 1_000; number++)
          board.take(receipt(number, [1, 2 + turn], { applied: [[1, 2 + turn, 1]] }), turn);
      return performance.now() - begun;
    };
    steps(1_000);
    // Twenty times as many; a walk through all of them would take twenty times as long.
    expect(Math.min(steps(20_000), steps(20_000), steps(20_000))).toBeLessThan(
      10 * Math.max(steps(1_000), steps(1_000), steps(1_000), 5),
    );
  });
});

describe('a bucket', () => {
  it('holds what is at most its bound, and the last one what is above all', () => {
    expect([-5, 0, 1, 1.5, 2, 3_600_000, 3_600_001].map(bucketOf)).toEqual([
      0,
      0,
      0,
      1,
      1,
      LATENCY_BOUNDS_MS.length - 1,
      LATENCY_BOUNDS_MS.length,
    ]);
  });
});
