import { beforeAll, describe, expect, it } from 'vitest';
import type { WorkItem, WorkQueue } from '../index.ts';
import {
  type BusInstance,
  type BusUnderTest,
  bytes,
  freshName,
  megabyte,
  sleep,
  text,
  until,
} from './bus-under-test.ts';

const LONG_LEASE_MS = 600_000;
const SHORT_LEASE_MS = 200;

function items(...ids: readonly string[]): WorkItem[] {
  return ids.map((id) => ({ id, body: bytes(`body of ${id}`) }));
}

function numbered(count: number): string[] {
  return Array.from({ length: count }, (_, index) => `item.${index}`);
}

async function takeIds(queue: WorkQueue, name: string, limit = 100, leaseMs = LONG_LEASE_MS): Promise<string[]> {
  return (await queue.take(name, limit, leaseMs)).map((item) => item.id);
}

export function describeQueue(current: () => BusUnderTest): void {
  describe('the work queue', () => {
    let other: BusInstance;
    beforeAll(async () => {
      other = await current().join({ deaf: false });
    });

    it('hands items out oldest first, up to the limit, hidden from others while they are leased', async () => {
      const name = freshName('queue');
      await current().queue.push(name, items('a', 'b'));
      await current().queue.push(name, items('c'));
      expect(await takeIds(other.queue, name, 2)).toEqual(['a', 'b']);
      expect(await takeIds(current().queue, name, 2)).toEqual(['c']);
      expect(await takeIds(other.queue, name, 2)).toEqual([]);
    });

    it('keeps the order of a push of several thousand items', async () => {
      const name = freshName('queue');
      const ids = numbered(2_500);
      await current().queue.push(name, items(...ids));
      expect(await current().queue.depth(name)).toBe(2_500);
      expect(await takeIds(other.queue, name, 10_000)).toEqual(ids);
    });

    it('forgets what is done', async () => {
      const { queue } = current();
      const name = freshName('queue');
      await queue.push(name, items('a', 'b', 'c'));
      await takeIds(queue, name, 3, SHORT_LEASE_MS);
      await queue.done(name, ['a', 'c', 'never pushed']);
      await until('b comes back', async () => (await takeIds(queue, name)).join() === 'b');
      await queue.done(name, ['b']);
      await queue.done(name, ['b']);
      await queue.done(name, []);
      expect(await queue.depth(name)).toBe(0);
    });

    it('hands an item out again when its lease ends, and not before', async () => {
      const name = freshName('queue');
      await current().queue.push(name, items('a'));
      const began = performance.now();
      expect(await takeIds(current().queue, name, 1, SHORT_LEASE_MS)).toEqual(['a']);
      let again: readonly WorkItem[] = [];
      await until('the lease ends', async () => {
        again = await other.queue.take(name, 1, LONG_LEASE_MS);
        return again.length > 0;
      });
      expect(performance.now() - began).toBeGreaterThanOrEqual(SHORT_LEASE_MS - 1);
      expect(again.map(({ id, body }) => [id, text(body)])).toEqual([['a', 'body of a']]);
      await sleep(SHORT_LEASE_MS);
      expect(await takeIds(current().queue, name)).toEqual([]);
    });

    it('changes nothing when a queued or leased id is pushed again, and queues it anew once it was done', async () => {
      const { queue } = current();
      const name = freshName('queue');
      await queue.push(name, items('a', 'a', 'b'));
      await queue.push(name, [{ id: 'a', body: bytes('another body') }, ...items('c')]);
      expect(await queue.depth(name)).toBe(3);
      const taken = await queue.take(name, 10, LONG_LEASE_MS);
      expect(taken.map(({ id, body }) => [id, text(body)])).toEqual([
        ['a', 'body of a'],
        ['b', 'body of b'],
        ['c', 'body of c'],
      ]);
      await queue.push(name, items('a'));
      expect(await takeIds(queue, name)).toEqual([]);
      await queue.done(name, ['a']);
      await queue.push(name, items('a'));
      expect(await takeIds(queue, name)).toEqual(['a']);
    });

    it('queues an item once when two push it at the same time', async () => {
      const name = freshName('queue');
      const same = items(...numbered(50));
      await Promise.all([current().queue.push(name, same), other.queue.push(name, same)]);
      expect(await current().queue.depth(name)).toBe(50);
      expect(new Set(await takeIds(other.queue, name)).size).toBe(50);
    });

    it('never leases one item to two of many concurrent takers, and leaves none behind', async () => {
      const name = freshName('queue');
      const ids = numbered(300);
      await current().queue.push(name, items(...ids));
      const taken: string[] = [];
      const taker = async ({ queue }: BusInstance): Promise<void> => {
        for (let batch = await takeIds(queue, name, 7); batch.length > 0; batch = await takeIds(queue, name, 7)) {
          taken.push(...batch);
        }
      };
      await Promise.all(Array.from({ length: 8 }, (_, index) => taker(index % 2 === 0 ? current() : other)));
      // A taker may see nothing free while another's lease is being written: ask once more when all is quiet.
      await taker(current());
      expect(taken.toSorted()).toEqual(ids.toSorted());
    });

    it('counts queued and leased items of one queue only', async () => {
      const { queue } = current();
      const [one, two] = [freshName('queue'), freshName('queue')];
      await queue.push(one, items('a', 'b', 'c'));
      await queue.push(two, items('a'));
      await queue.push(two, []);
      await takeIds(queue, one, 2);
      expect([await queue.depth(one), await queue.depth(two)]).toEqual([3, 1]);
      await queue.done(one, ['a']);
      expect([await queue.depth(one), await queue.depth(two)]).toEqual([2, 1]);
      expect(await takeIds(queue, two)).toEqual(['a']);
      expect(await queue.depth(freshName('queue'))).toBe(0);
    });

    it('carries a megabyte and an empty body byte by byte', async () => {
      const name = freshName('queue');
      await current().queue.push(name, [
        { id: 'large', body: megabyte() },
        { id: 'empty', body: new Uint8Array(0) },
      ]);
      const [large, empty] = await other.queue.take(name, 2, LONG_LEASE_MS);
      expect(Buffer.compare(large?.body ?? new Uint8Array(0), megabyte())).toBe(0);
      expect(empty).toStrictEqual({ id: 'empty', body: new Uint8Array(0) });
    });
  });
}
