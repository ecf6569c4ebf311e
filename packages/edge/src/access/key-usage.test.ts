import { KEY_USAGE_QUEUE, parseKeyUsage } from '@flaghoist/protocol/keys';
import type { WorkItem, WorkQueue } from '@flaghoist/bus';
import { createLogger } from '@flaghoist/runtime/telemetry';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { EdgeServer, until } from '../../test-support/edge-server.ts';
import { flag, History, mintKey } from '../../test-support/history.ts';
import { MemoryQueue } from '../../test-support/memory-bus.ts';
import { KeyUsage } from './key-usage.ts';

const MINUTE_MS = 60_000;
const [ada, bob, eve] = ['adaadaada1', 'bobbobbob2', 'eveeveeve3'] as const;

const textOf = (body: Uint8Array): string => Buffer.from(body).toString('utf8');
const read = (items: readonly WorkItem[]) => items.map(({ body }) => parseKeyUsage(textOf(body))?.keys);

describe('the use of keys', () => {
  let clock: number;
  let queue: MemoryQueue;
  let open: string[];

  beforeEach(() => {
    clock = 1_000 * MINUTE_MS;
    queue = new MemoryQueue();
    open = [];
  });

  const usage = (on: WorkQueue = queue, maxKeys = 100) =>
    new KeyUsage({
      queue: on,
      logger: createLogger({ level: 'silent', name: 'edge' }),
      instance: 'instance-of-16-chars',
      now: () => clock,
      inUse: () => open,
      pushDeadlineMs: 20,
      maxKeys,
    });

  it('is handed on once, with the last minute of each key', async () => {
    const noted = usage();
    noted.note(ada);
    noted.note(bob);
    clock += 90_000;
    noted.note(ada);
    expect(noted.status().waiting).toBe(2);
    await noted.flush(1_000);
    await noted.flush(1_000);
    expect(read(queue.keyUsage)).toEqual([
      [
        [ada, 1_001],
        [bob, 1_000],
      ],
    ]);
    expect(noted.status()).toEqual({ waiting: 0, dropped: 0, failures: 0 });
  });

  it('goes on while a stream is open', async () => {
    const noted = usage();
    open = [eve];
    await noted.flush(1_000);
    clock += MINUTE_MS;
    await noted.flush(1_000);
    expect(read(queue.keyUsage)).toEqual([[[eve, 1_000]], [[eve, 1_001]]]);
    expect(new Set(queue.keyUsage.map(({ id }) => id)).size).toBe(2);
  });

  it('is offered again unchanged, under the same id, until the queue takes it', async () => {
    const offered: WorkItem[] = [];
    let failing = true;
    const noted = usage(
      Object.assign(new MemoryQueue(), {
        push(name: string, items: readonly WorkItem[]) {
          expect(name).toBe(KEY_USAGE_QUEUE);
          offered.push(...items);
          return failing ? Promise.reject(new Error('The queue is down.')) : Promise.resolve();
        },
      }),
    );
    noted.note(ada);
    await noted.flush(1_000);
    noted.note(bob);
    await noted.flush(1_000);
    expect(noted.status()).toEqual({ waiting: 2, dropped: 0, failures: 2 });
    failing = false;
    await noted.flush(1_000);
    expect(offered.map(({ id }) => id.split('.').at(-1))).toEqual(['1', '1', '1', '2']);
    expect(read(offered)).toEqual([[[ada, 1_000]], [[ada, 1_000]], [[ada, 1_000]], [[bob, 1_000]]]);
    expect(noted.status()).toEqual({ waiting: 0, dropped: 0, failures: 0 });
  });

  it('takes bounded space, and counts what it leaves out', async () => {
    const noted = usage(queue, 2);
    for (const id of [ada, bob, eve, eve]) noted.note(id);
    clock += MINUTE_MS;
    noted.note(ada);
    expect(noted.status()).toMatchObject({ waiting: 2, dropped: 2 });
  });

  it('holds nobody up when the queue hangs', async () => {
    const noted = usage(Object.assign(new MemoryQueue(), { push: () => new Promise<void>(() => undefined) }));
    noted.note(ada);
    await noted.flush(5);
    await until(() => noted.status().failures === 1);
  });
});

describe('what is said about the use of keys', () => {
  it.each([
    ['no JSON', '{'],
    ['null', 'null'],
    ['no keys', '{}'],
    ['an id that is none', JSON.stringify({ keys: [['short', 1]] })],
    ['a secret', JSON.stringify({ keys: [[mintKey('server').text, 1]] })],
    ['no minute', JSON.stringify({ keys: [[ada]] })],
    ['a minute before all clocks', JSON.stringify({ keys: [[ada, -1]] })],
    ['a minute after all clocks', JSON.stringify({ keys: [[ada, 5e9]] })],
    ['too many keys', JSON.stringify({ keys: Array.from({ length: 10_001 }, () => [ada, 1]) })],
  ])('is refused when it is %s', (_, text) => {
    expect(parseKeyUsage(text)).toBeNull();
  });
});

describe('a key that is presented', () => {
  let edge: EdgeServer;
  const server = mintKey('server');
  const relay = mintKey('relay');

  beforeEach(async () => {
    edge = await EdgeServer.create({ limits: { keyUsageMs: 10 } });
    const history = new History('env-1');
    history.change(flag('a'), server.line(), relay.line());
    history.publishCheckpoint(edge.log);
    await edge.edge.start();
  });
  afterEach(() => edge.close());

  const seen = () =>
    new Set(edge.queue.keyUsage.flatMap(({ body }) => parseKeyUsage(textOf(body))?.keys.map(([id]) => id)));

  it.each([
    ['for a snapshot', 'GET', '/native/v1/ruleset', undefined],
    ['for an evaluation', 'POST', '/ofrep/v1/evaluate/flags/a', {}],
    ['for all evaluations', 'POST', '/ofrep/v1/evaluate/flags', {}],
    ['with exposures, even wrong ones', 'POST', '/native/v1/exposures', {}],
  ])('%s is noted', async (_, method, path, body) => {
    await edge.ask(method, path, { key: server.text, ...(body === undefined ? {} : { body }) });
    await until(() => seen().has(server.id));
    expect([...seen()]).toEqual([server.id]);
  });

  it('for a stream is noted', async () => {
    const stream = await edge.stream('/native/v1/stream?environment=env-1', { authorization: `Bearer ${relay.text}` });
    await until(() => seen().has(relay.id));
    stream.close();
  });

  it('is noted by a drain at once, and by a stop', async () => {
    const slow = await EdgeServer.create({ log: edge.log, limits: { keyUsageMs: 60_000 } });
    await slow.edge.start();
    await slow.ask('GET', '/native/v1/ruleset', { key: server.text });
    await slow.edge.drain();
    expect(read(slow.queue.keyUsage)).toEqual([[[server.id, expect.any(Number)]]]);
    await slow.ask('POST', '/ofrep/v1/evaluate/flags/a', { key: server.text, body: {} });
    await slow.close();
    expect(slow.queue.keyUsage).toHaveLength(2);
  });

  it('is not noted when it is refused', async () => {
    await edge.ask('GET', '/native/v1/ruleset', { key: mintKey('server').text });
    await edge.ask('POST', '/native/v1/exposures', { key: relay.text, body: {} });
    await edge.ask('GET', '/native/v1/ruleset', { key: server.text });
    await until(() => seen().has(server.id));
    expect([...seen()]).toEqual([server.id]);
  });
});
