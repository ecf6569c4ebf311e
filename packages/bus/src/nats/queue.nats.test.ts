import { type NatsServers, startNats } from '@flaghoist/testkit/nats';
import { connect } from '@nats-io/transport-node';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { bytes, freshName, until } from '../contract/bus-under-test.ts';
import type { WorkItem } from '../index.ts';
import { createNatsBus, type NatsBus } from './nats-bus.ts';

const LEASE_MS = 30_000;
const QUEUE_MAX_BYTES = 1 << 20;

function items(...ids: readonly string[]): WorkItem[] {
  return ids.map((id) => ({ id, body: bytes(`body of ${id}`) }));
}

describe('work queues on one NATS server', () => {
  let servers: NatsServers;
  beforeAll(async () => {
    servers = await startNats(1);
  });
  afterAll(() => servers.stop());

  function join(): NatsBus {
    const bus = createNatsBus({
      servers: [servers.url],
      prefix: 'work',
      queueMaxBytes: QUEUE_MAX_BYTES,
      logger: { error() {} },
    });
    onTestFinished(() => bus.stop());
    return bus;
  }

  async function restart(): Promise<void> {
    await servers.nodes[0]?.kill();
    await servers.nodes[0]?.start();
    await servers.ready();
  }

  it('keeps items and leases when the server is killed, and done forgets what was taken before', async () => {
    const { queue } = join();
    const name = freshName('queue');
    await queue.push(name, items('a', 'b', 'c'));
    expect((await queue.take(name, 2, LEASE_MS)).map(({ id }) => id)).toEqual(['a', 'b']);
    await restart();
    await queue.push(name, items('a', 'd'));
    expect(await queue.depth(name)).toBe(4);
    await queue.done(name, ['a', 'b']);
    expect((await join().queue.take(name, 10, LEASE_MS)).map(({ id }) => id)).toEqual(['c', 'd']);
    expect(await queue.depth(name)).toBe(2);
  });

  it('forgets what another process took', async () => {
    const [one, two] = [join(), join()];
    const name = freshName('queue');
    await one.queue.push(name, items('a', 'b'));
    await one.queue.take(name, 2, 300);
    await two.queue.done(name, ['a']);
    expect(await one.queue.depth(name)).toBe(1);
    await until('b comes back, and a does not', async () => {
      const ids = (await two.queue.take(name, 10, LEASE_MS)).map(({ id }) => id);
      expect(ids).not.toContain('a');
      return ids.join() === 'b';
    });
  });

  it('queues again, in a new stream, when the stream of the queue is deleted', async () => {
    const { queue } = join();
    const name = freshName('queue');
    await queue.push(name, items('a'));
    expect(await queue.take(name, 1, LEASE_MS)).toHaveLength(1);
    const connection = await connect({ servers: servers.url.replace('nats://', '') });
    await connection.request(`$JS.API.STREAM.DELETE.work_queue_${name}`, '', { timeout: 5_000 });
    await connection.close();
    await queue.done(name, ['a']);
    expect(await queue.depth(name)).toBe(0);
    expect(await queue.take(name, 1, LEASE_MS)).toEqual([]);
    await queue.push(name, items('b'));
    expect((await queue.take(name, 1, LEASE_MS)).map(({ id }) => id)).toEqual(['b']);
  });

  it('rejects a push beyond the size of the queue at once, and takes it when there is room', async () => {
    const { queue } = join();
    const name = freshName('queue');
    const large = (id: string): WorkItem => ({ id, body: new Uint8Array(400_000) });
    await queue.push(name, [large('a'), large('b')]);
    await expect(queue.push(name, [large('c')])).rejects.toThrow('maximum bytes exceeded');
    await queue.done(name, ['a']);
    await queue.push(name, [large('c')]);
    const taken = await queue.take(name, 10, LEASE_MS);
    expect(taken.map(({ id, body }) => [id, body.length])).toEqual([
      ['b', 400_000],
      ['c', 400_000],
    ]);
  });

  it('drops an item of which a piece is gone, and goes on with the next', async () => {
    const errors: string[] = [];
    const { queue } = createdWith(errors);
    const name = freshName('queue');
    await queue.push(name, [{ id: 'torn', body: new Uint8Array(600_000) }, ...items('whole')]);
    const connection = await connect({ servers: servers.url.replace('nats://', '') });
    await connection.request(`$JS.API.STREAM.MSG.DELETE.work_queue_${name}`, '{"seq":2}', { timeout: 5_000 });
    await connection.close();
    expect((await queue.take(name, 10, LEASE_MS)).map(({ id }) => id)).toEqual(['whole']);
    expect(await queue.depth(name)).toBe(1);
    expect(errors).toEqual([`An item of the queue ${name} was dropped: NATS lost part of it.`]);
  });

  function createdWith(errors: string[]): NatsBus {
    const bus = createNatsBus({
      servers: [servers.url],
      prefix: 'work',
      queueMaxBytes: QUEUE_MAX_BYTES,
      logger: { error: (_, message) => errors.push(message) },
    });
    onTestFinished(() => bus.stop());
    return bus;
  }
});
