import { type NatsServers, startNats } from '@flaghoist/testkit/nats';
import { connect } from '@nats-io/transport-node';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { bytes, freshName, until } from '../contract/bus-under-test.ts';
import type { AppendResult } from '../index.ts';
import { createNatsBus, type NatsBus } from './nats-bus.ts';
import { PIECE_BYTES } from './pieces.ts';

const FIVE_MEGABYTES = 5 << 20;

function pattern(length: number, seed = 0): Uint8Array {
  return Uint8Array.from({ length }, (_, index) => (index * 167 + (index >> 8) + seed) & 0xff);
}

describe('the log on one NATS server', () => {
  let servers: NatsServers;
  beforeAll(async () => {
    servers = await startNats(1);
  });
  afterAll(() => servers.stop());

  function join(prefix = 'log'): NatsBus {
    const bus = createNatsBus({ servers: [servers.url], prefix, logger: { error() {} } });
    onTestFinished(() => bus.stop());
    return bus;
  }

  it('carries five megabytes in pieces, whole for another reader, and forgets the pieces with the message', async () => {
    const { log } = join('pieces');
    const stream = freshName('stream');
    const body = pattern(FIVE_MEGABYTES);
    await log.append({ stream, id: 'C1', checkpoint: true, body });
    await log.append({ stream, id: 'C2', after: 'C1', checkpoint: true, body: pattern(PIECE_BYTES + 1, 1) });
    await log.append({ stream, id: 'b', after: 'C2', checkpoint: false, body: pattern(PIECE_BYTES, 2) });
    expect(await ask(servers, 'STREAM.INFO.pieces_log')).toMatchObject({ state: { messages: 20 + 1 + 2 + 1 + 1 } });
    const read = await join('pieces').log.readAfter(stream, 0, 10);
    expect(read.map(({ id, body: { length } }) => [id, length])).toEqual([
      ['C1', FIVE_MEGABYTES],
      ['C2', PIECE_BYTES + 1],
      ['b', PIECE_BYTES],
    ]);
    expect(Buffer.compare(read[0]?.body ?? bytes(''), body)).toBe(0);
    await log.trim(stream, 0);
    expect(await ask(servers, 'STREAM.INFO.pieces_log')).toMatchObject({ state: { messages: 2 + 1 + 1 } });
    expect((await log.readFromCheckpoint(stream)).map(({ id }) => id)).toEqual(['C2', 'b']);
  });

  it('counts a stream as lost when a piece of its checkpoint is gone, so that it is published again', async () => {
    const { log } = join('torn');
    const stream = freshName('stream');
    await log.append({ stream, id: 'C1', checkpoint: true, body: pattern(3 * PIECE_BYTES) });
    await log.append({ stream, id: 'b', after: 'C1', checkpoint: false, body: bytes('b') });
    const watcher = join('torn');
    let told = 0;
    const end = watcher.onLoss(() => {
      told += 1;
    });
    onTestFinished(end);
    await until('it watches', () => told === 1);
    await ask(servers, 'STREAM.MSG.DELETE.torn_log', { seq: 2 });
    await until('the watcher is told', () => told === 2);
    expect((await log.heads()).get(stream)).toEqual({ position: 2, id: 'b' });
    const reader = join('torn');
    expect(await reader.log.readFromCheckpoint(stream)).toEqual([]);
    expect((await reader.log.heads()).has(stream)).toBe(false);
    await until('the watcher is told of what the reader removed', () => told === 3);
    expect(await log.append({ stream, id: 'b.again', after: null, checkpoint: true, body: bytes('b') })).toEqual({
      outcome: 'appended',
      position: 1,
    });
    expect((await reader.log.readFromCheckpoint(stream)).map(({ id }) => id)).toEqual(['b.again']);
  });

  it('knows an id again that another process appended long ago, and after a restart of the server', async () => {
    const stream = freshName('stream');
    const before = join();
    const ids = Array.from({ length: 150 }, (_, index) => `id ${index}`);
    for (const id of ids) await before.log.append({ stream, id, checkpoint: id === 'id 0', body: bytes(id) });
    await servers.nodes[0]?.kill();
    await servers.nodes[0]?.start();
    await servers.ready();
    const append = ({ log }: NatsBus, id: string, after?: string): Promise<AppendResult> =>
      log.append({ stream, id, checkpoint: false, body: bytes(id), ...(after === undefined ? {} : { after }) });
    for (const bus of [before, join()]) {
      expect(await append(bus, 'id 3')).toEqual({ outcome: 'duplicate', position: 4 });
      expect(await append(bus, 'id 3', 'id 149')).toEqual({ outcome: 'duplicate', position: 4 });
      expect(await append(bus, 'id 149', 'id 148')).toEqual({ outcome: 'duplicate', position: 150 });
      expect(await append(bus, 'new', 'id 148')).toEqual({ outcome: 'refused', last: 'id 149' });
    }
    const read = await join().log.readAfter(stream, 20, 70);
    expect(read.map(({ id }) => id)).toEqual(ids.slice(20, 90));
    expect((await join().log.readFromCheckpoint(stream)).map(({ id }) => id)).toEqual(ids);
  });

  it('is made again when it was deleted: nothing is appended after what it held, and everything can be from the start', async () => {
    const [writer, other, reader] = [join('lost'), join('lost'), join('lost')];
    const streams = Array.from({ length: 50 }, (_, index) => `environment-${index}`);
    for (const stream of streams)
      await writer.log.append({ stream, id: `${stream}.1`, after: null, checkpoint: true, body: bytes('1') });
    expect((await reader.log.heads()).size).toBe(50);
    let told = 0;
    onTestFinished(
      reader.onLoss(() => {
        told += 1;
      }),
    );
    await until('it watches', () => told === 1);
    await ask(servers, 'STREAM.DELETE.lost_log');
    await until('who watches is told', () => told === 2);
    expect((await reader.log.heads()).size).toBe(0);
    // Everything has the sequence that it had before, and is something else.
    for (const stream of streams)
      await other.log.append({ stream, id: `${stream}.2`, after: null, checkpoint: true, body: bytes('2') });
    for (const stream of streams) {
      const late = await writer.log.append({
        stream,
        id: 'late',
        after: `${stream}.1`,
        checkpoint: false,
        body: bytes('1'),
      });
      expect(late).toEqual({ outcome: 'refused', last: `${stream}.2` });
    }
    expect([...(await reader.log.heads()).values()].map(({ position }) => position)).toEqual(Array(50).fill(1));
    const [first = ''] = streams;
    expect((await reader.log.readFromCheckpoint(first)).map(({ id }) => id)).toEqual([`${first}.2`]);
  });
});

it('starts while no server answers, rejects reads, and appends once there is one', async () => {
  const servers = await startNats(1);
  onTestFinished(() => servers.stop());
  const [node] = servers.nodes;
  await node?.kill();
  const errors: string[] = [];
  const bus = createNatsBus({ servers: [servers.url], logger: { error: (_, message) => errors.push(message) } });
  onTestFinished(() => bus.stop());
  await expect(bus.log.heads()).rejects.toThrow('no connection to NATS');
  const appending = bus.log.append({ stream: 's', id: 'a', after: null, checkpoint: true, body: bytes('a') });
  let seen = 0;
  bus.log.follow(async () => {
    seen = (await bus.log.heads()).get('s')?.position ?? 0;
  });
  await node?.start();
  await servers.ready();
  expect(await appending).toEqual({ outcome: 'appended', position: 1 });
  await until('the follower sees it', () => seen === 1);
  await node?.kill();
  await expect(bus.log.heads()).rejects.toThrow('no connection to NATS');
  const again = bus.log.append({ stream: 's', id: 'b', after: 'a', checkpoint: false, body: bytes('b') });
  await node?.start();
  expect(await again).toEqual({ outcome: 'appended', position: 2 });
  await until('the follower sees that too', () => seen === 2);
  expect(errors[0]).toContain('There is no connection to NATS');
  expect(errors.filter((message) => message.includes('NATS is away'))).toHaveLength(1);
});

/** As an operator does. */
async function ask(servers: NatsServers, request: string, body: object = {}): Promise<unknown> {
  const connection = await connect({ servers: servers.url.replaceAll('nats://', '').split(',') });
  const answer = await connection.request(`$JS.API.${request}`, JSON.stringify(body), { timeout: 5_000 });
  await connection.close();
  return answer.json();
}
