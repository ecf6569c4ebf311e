import { findNatsServer, startNats } from '@flaghoist/testkit/nats';
import { expect, it, onTestFinished } from 'vitest';
import { bytes, until } from '../contract/bus-under-test.ts';
import { createNatsBus, type NatsBus } from './nats-bus.ts';

/** What an append waits for by itself is 35 s. */
const SOON_MS = 15_000;

const append = ({ log }: NatsBus, id: string, after: string | null): Promise<unknown> =>
  log.append({ stream: 's', id, after, checkpoint: true, body: bytes(id) });

/** A bus that is stopped with its server. */
async function startBus() {
  const servers = await startNats(1);
  onTestFinished(() => servers.stop());
  const bus = createNatsBus({ servers: [servers.url], logger: { error() {} }, queueMaxBytes: 16 << 20 });
  onTestFinished(() => bus.stop());
  const [node] = servers.nodes;
  if (node === undefined) throw new Error('There is a node.');
  return { bus, node, servers };
}

it.each([
  ['is dead', 'SIGKILL'],
  ['stands still', 'SIGSTOP'],
] as const)('when the server %s and the process is to stop, nobody waits for it', async (_what, signal) => {
  const { bus, node } = await startBus();
  await append(bus, 'a', null);
  await bus.queue.push('q', [{ id: 'a', body: bytes('a') }]);
  node.signal(signal);
  await until('it is silent', async () => (await node.ask('healthz')) === null);
  const began = performance.now();
  const waiting = [append(bus, 'b', 'a'), append(bus, 'c', 'b'), bus.queue.push('q', [{ id: 'b', body: bytes('b') }])];
  const failures = waiting.map((one) => one.catch((error: unknown) => error));
  bus.hurry();
  for (const failure of failures) expect(await failure).toMatchObject({ name: 'NatsUnavailable' });
  await expect(append(bus, 'd', 'c')).rejects.toMatchObject({ name: 'NatsUnavailable' });
  await bus.stop();
  expect(performance.now() - began).toBeLessThan(SOON_MS);
});

it('goes on with a server that answers, though the process is to stop', async () => {
  const { bus } = await startBus();
  await append(bus, 'a', null);
  bus.hurry();
  await append(bus, 'b', 'a');
  expect((await bus.log.heads()).get('s')).toEqual({ position: 2, id: 'b' });
});

it('says what it found, and what is wrong', async () => {
  const { bus, node, servers } = await startBus();
  const { version } = findNatsServer();
  await bus.log.heads();
  expect(await bus.state()).toMatchObject({
    version,
    server: 'n1',
    cluster: null,
    replicas: { wanted: 1, current: 1 },
    acknowledgement: expect.stringContaining('held by one server'),
    problem: null,
  });
  await node.kill();
  const away = { version, replicas: null, acknowledgement: null, problem: expect.any(String) };
  expect(await bus.state()).toMatchObject(away);
  await node.empty();
  await node.start();
  await servers.ready();
  await bus.log.heads();
  expect(await bus.state()).toMatchObject({ replicas: { wanted: 1, current: 1 }, problem: null });
});
