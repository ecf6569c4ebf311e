import { describe, expect, it } from 'vitest';
import type { Subscription } from '../index.ts';
import { type BusInstance, type BusUnderTest, bytes, freshName, gate, sleep, until } from './bus-under-test.ts';

/** A notification, not a poll, must have woken the follower. */
const SOON_MS = 200;
/** The longest time between two polls, and what a busy machine may add. */
const POLL_MS = 1_000 + 1_500;

/** The same promises for the log and for a queue. */
interface Kind {
  readonly title: string;
  follow(bus: BusInstance, name: string, wake: () => Promise<void>): Subscription;
  write(bus: BusInstance, name: string, id: string): Promise<unknown>;
  /** How many were written. */
  count(bus: BusInstance, name: string): Promise<number>;
}

const KINDS: readonly Kind[] = [
  {
    title: 'following the log',
    follow: (bus, _name, wake) => bus.log.follow(wake),
    write: (bus, name, id) => bus.log.append({ stream: name, id, checkpoint: false, body: bytes(id) }),
    count: async (bus, name) => (await bus.log.heads()).get(name)?.position ?? 0,
  },
  {
    title: 'following a queue',
    follow: (bus, name, wake) => bus.queue.follow(name, wake),
    write: (bus, name, id) => bus.queue.push(name, [{ id, body: bytes(id) }]),
    count: (bus, name) => bus.queue.depth(name),
  },
];

export function describeFollowing(current: () => BusUnderTest): void {
  describe('following the log', () => {
    it('names no other streams than those that were appended to', async () => {
      const [name, other] = [freshName('named'), freshName('not-named')];
      const bus = current();
      await bus.log.append({ stream: other, id: 'before', checkpoint: false, body: bytes('before') });
      const named: string[] = [];
      let calls = 0;
      const subscription = bus.log.follow(async (streams) => {
        calls += 1;
        named.push(...streams);
      });
      await until('wake is called', () => calls > 0);
      named.splice(0);
      const before = calls;
      await bus.log.append({ stream: name, id: '1', checkpoint: false, body: bytes('1') });
      await until('wake is called again', () => calls > before);
      await subscription.stop();
      expect(named.filter((stream) => stream !== name)).toEqual([]);
    });
  });

  describe.each(KINDS.map((kind) => [kind.title, kind] as const))('%s', (_title, kind) => {
    it(`wakes within ${SOON_MS} ms of a write by another instance`, async () => {
      const name = freshName('followed');
      const writer = await current().join({ deaf: true });
      const delays = await measureDelays(kind, current(), writer, name, 7);
      // The median: one hiccup of the machine is not a lost notification, and polls alone would take five times as long.
      expect(delays.sort((a, b) => a - b)[3]).toBeLessThan(SOON_MS);
    });

    it('wakes within a poll when no notification arrives', async () => {
      const name = freshName('followed');
      const deaf = await current().join({ deaf: true });
      const delays = await measureDelays(kind, deaf, current(), name, 2);
      expect(Math.max(...delays)).toBeLessThan(POLL_MS);
    });

    it('never calls wake while a call runs, and makes one call of what arrived meanwhile', async () => {
      const name = freshName('followed');
      const bus = current();
      const blocked = gate();
      let running = 0;
      let most = 0;
      let calls = 0;
      let seen = 0;
      const subscription = kind.follow(bus, name, async () => {
        calls += 1;
        running += 1;
        most = Math.max(most, running);
        await blocked.opened;
        seen = await kind.count(bus, name);
        running -= 1;
      });
      await until('wake is called', () => calls === 1);
      for (let i = 0; i < 20; i += 1) await kind.write(bus, name, `${i}`);
      await sleep(300);
      expect(calls).toBe(1);
      blocked.open();
      await until('the writes are seen', () => seen === 20);
      await sleep(300);
      await subscription.stop();
      expect(most).toBe(1);
      expect(calls).toBeLessThan(8);
    });

    it('goes on after a wake that throws', async () => {
      const name = freshName('followed');
      let calls = 0;
      const subscription = kind.follow(current(), name, () => {
        calls += 1;
        return calls % 2 === 1
          ? Promise.reject(new Error('This test throws on purpose: the bus logs it.'))
          : Promise.resolve();
      });
      for (let i = 1; i <= 3; i += 1) {
        await until(`call ${i} is made`, () => calls >= i);
        await kind.write(current(), name, `${i}`);
      }
      await until('a call follows the second one that threw', () => calls >= 4);
      await subscription.stop();
    });

    it('waits for a running wake when stopped, and begins none after', async () => {
      const name = freshName('followed');
      const blocked = gate();
      let calls = 0;
      const subscription = kind.follow(current(), name, () => {
        calls += 1;
        return blocked.opened;
      });
      await until('wake is called', () => calls === 1);
      await kind.write(current(), name, 'a');
      let stopped = false;
      const stopping = subscription.stop().then(() => {
        stopped = true;
      });
      await sleep(100);
      expect(stopped).toBe(false);
      blocked.open();
      await stopping;
      await kind.write(current(), name, 'b');
      await sleep(POLL_MS - 1_000);
      expect(calls).toBe(1);
    });

    it('goes on for one follower when another stops', async () => {
      const name = freshName('followed');
      let seen = 0;
      const stopped = kind.follow(current(), name, () => Promise.resolve());
      const kept = kind.follow(current(), name, async () => {
        seen = await kind.count(current(), name);
      });
      await stopped.stop();
      await kind.write(current(), name, 'a');
      await until('the other follower sees the write', () => seen === 1);
      await kept.stop();
    });
  });
}

/** For each of several writes: milliseconds from its return until a wake has seen it. */
async function measureDelays(
  kind: Kind,
  follower: BusInstance,
  writer: BusInstance,
  name: string,
  rounds: number,
): Promise<number[]> {
  let seen = -1;
  const subscription = kind.follow(follower, name, async () => {
    seen = await kind.count(follower, name);
  });
  const delays: number[] = [];
  try {
    await until('the first wake', () => seen === 0);
    for (let round = 1; round <= rounds; round += 1) {
      await kind.write(writer, name, `${round}`);
      const written = performance.now();
      await until(`write ${round} is seen`, () => seen === round);
      delays.push(performance.now() - written);
    }
  } finally {
    await subscription.stop();
  }
  return delays;
}
