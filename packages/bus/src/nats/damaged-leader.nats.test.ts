/** A server that leads the log and has lost what it acknowledged, while the other servers have it. */
import { startNats } from '@flaghoist/testkit/nats';
import { beforeEach, expect, it, onTestFinished } from 'vitest';
import { type DamagedLeader, openDamagedLeader } from '../../test-support/damaged-leader.ts';
import { bytes, until } from '../contract/bus-under-test.ts';
import type { AppendResult } from '../index.ts';
import type { NatsLog } from './nats-log.ts';

let cluster: DamagedLeader;
beforeEach(async () => {
  const servers = await Promise.all([startNats(1), startNats(1)]);
  const opened = await openDamagedLeader(...servers);
  cluster = opened;
  onTestFinished(async () => {
    await opened.stop();
    await Promise.all(servers.map((one) => one.stop()));
  });
});

const append = (log: NatsLog, id: string, after: string | null, stream = 's'): Promise<AppendResult> =>
  log.append({ stream, id, after, checkpoint: after === null, body: bytes(id) });

async function appendAll(log: NatsLog, ids: readonly string[]): Promise<void> {
  let last: string | null = null;
  for (const id of ids) {
    expect(await append(log, id, last)).toMatchObject({ outcome: 'appended' });
    last = id;
  }
}

const lifeOf = async (): Promise<string> =>
  (await cluster.jetstream.info(cluster.name))?.config.subjects[0]?.split('.').at(-2) ?? '';

it('is found out by whoever was acknowledged more: nothing is stored under sequences that others have, and the log is made anew', async () => {
  const [writer, reader] = [cluster.join(), cluster.join()];
  await appendAll(writer, ['a', 'b', 'c']);
  expect((await reader.heads()).get('s')).toEqual({ position: 3, id: 'c' });
  const life = await lifeOf();
  await cluster.jetstream.loseNewest(cluster.name, 2);
  expect(await append(writer, 'd', 'c')).toEqual({ outcome: 'refused', last: null });
  expect(await lifeOf()).not.toBe(life);
  expect(cluster.reported).toEqual([expect.stringContaining('The log ends at 1, and ended at 3')]);
  // As the publisher does then. The reader has what is there now, though its sequences are below those that it had seen.
  await appendAll(writer, ['c again', 'd']);
  expect([...(await reader.heads())]).toEqual([['s', { position: 2, id: 'd' }]]);
  expect((await reader.readFromCheckpoint('s')).map(({ id }) => id)).toEqual(['c again', 'd']);
});

it('is waited for while it may only be late', async () => {
  const writer = cluster.join(() => 0);
  await appendAll(writer, ['a', 'b', 'c']);
  const life = await lifeOf();
  await cluster.jetstream.loseNewest(cluster.name, 1);
  const { looks } = cluster.jetstream;
  const appending = append(writer, 'd', 'c');
  await until('the writer has looked', () => cluster.jetstream.looks > looks);
  await cluster.jetstream.restore(cluster.name, 3);
  expect(await appending).toEqual({ outcome: 'appended', position: 4 });
  expect(await lifeOf()).toBe(life);
  expect(cluster.reported).toEqual([]);
});

it('is found out by a process that knows nothing, when it is refused what comes after the others’ newest', async () => {
  await appendAll(cluster.join(), ['a', 'b', 'c']);
  const life = await lifeOf();
  await cluster.jetstream.loseNewest(cluster.name, 1);
  const writer = cluster.join();
  expect((await writer.heads()).get('s')).toEqual({ position: 3, id: 'c' });
  expect(await append(writer, 'd', 'c')).toEqual({ outcome: 'refused', last: 'b' });
  expect(await lifeOf()).not.toBe(life);
  expect((await writer.heads()).size).toBe(0);
  expect(cluster.reported).toEqual([expect.stringContaining('Copies of the log differ after position 2 of s')]);
  await appendAll(writer, ['c again', 'd']);
});

it('is found out by a reader, to whom the others’ heads name what the leader does not have', async () => {
  await appendAll(cluster.join(), ['a', 'b', 'c']);
  const life = await lifeOf();
  await cluster.jetstream.loseNewest(cluster.name, 3);
  const reader = cluster.join();
  expect((await reader.heads()).get('s')).toEqual({ position: 3, id: 'c' });
  expect(await reader.readFromCheckpoint('s')).toEqual([]);
  expect(await lifeOf()).not.toBe(life);
  expect((await reader.heads()).size).toBe(0);
});

it('is not to blame for a replica that is behind, nor for another writer', async () => {
  const [writer, other] = [cluster.join(), cluster.join()];
  await appendAll(writer, ['a', 'b']);
  const life = await lifeOf();
  cluster.jetstream.replicates = false;
  expect(await append(other, 'c', 'b')).toMatchObject({ outcome: 'appended' });
  expect(await append(writer, 'd', 'b')).toEqual({ outcome: 'refused', last: 'c' });
  expect(await lifeOf()).toBe(life);
  expect(cluster.reported).toEqual([]);
});
