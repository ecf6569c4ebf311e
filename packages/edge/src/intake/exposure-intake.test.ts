import { randomBytes } from 'node:crypto';
import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { ExposureBatch } from '@flaghoist/protocol/exposures';
import { afterEach, describe, expect, it } from 'vitest';
import { EdgeServer, readAnswer, until } from '../../test-support/edge-server.ts';
import { flag, History, mintKey } from '../../test-support/history.ts';
import { MemoryQueue } from '../../test-support/memory-bus.ts';
import type { EdgeOptions } from '../edge-options.ts';

const PATH = '/native/v1/exposures';
const server = mintKey('server');
const client = mintKey('client', { origins: ['https://shop.example'] });
const relay = mintKey('relay');
const instance = randomBytes(16).toString('base64url');

let edge: EdgeServer;
const folders: string[] = [];

async function start(options: Partial<EdgeOptions> = {}): Promise<void> {
  edge = await EdgeServer.create({
    ...options,
    limits: { forwardRetryBaseMs: 5, forwardRetryCapMs: 20, ...options.limits },
  });
  const history = new History('env-1');
  history.change(flag('a'), server.line(), client.line(), relay.line());
  history.publishCheckpoint(edge.log);
  await edge.edge.start();
}

afterEach(async () => {
  await edge.close();
  for (const path of folders.splice(0)) await rm(path, { recursive: true, force: true });
});

async function folder(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'flaghoist-intake-'));
  folders.push(path);
  return path;
}

function batch(sequence: number, more: Partial<ExposureBatch> = {}): ExposureBatch {
  const rows = [{ flag: 'a', variant: 'on', reason: 'STATIC', revision: 1, minute: 29_000_000, count: 3 }];
  return { instance, sequence, sdk: 'test/1', rows, dropped: 0, ...more };
}

const post = (body: unknown, more = {}) => edge.ask('POST', PATH, { key: server.text, body, ...more });
const spool = () => edge.edge.status().spool;

async function spooled(): Promise<string> {
  const names = (await readdir(edge.spoolDir)).filter((name) => name.startsWith('segment-')).sort();
  return (await Promise.all(names.map((name) => readFile(join(edge.spoolDir, name), 'utf8')))).join('');
}

describe('an accepted batch', () => {
  it('is answered 202 and reaches the queue under its id, with the environment of its key', async () => {
    await start();
    const answer = await post(batch(1));
    expect([answer.status, answer.json]).toEqual([202, { accepted: true }]);
    await until(() => edge.queue.items.size === 1);
    expect([...edge.queue.items]).toEqual([[`env-1.${instance}.1`, { environment: 'env-1', batch: batch(1) }]]);
  });

  it('is on disk before it is answered', async () => {
    const queue = new MemoryQueue();
    queue.failing = Number.POSITIVE_INFINITY;
    await start({ queue });
    expect((await post(batch(1))).status).toBe(202);
    expect(JSON.parse(await spooled())).toEqual({ environment: 'env-1', batch: batch(1) });
  });

  it('may come from a client key in a browser of its origin, chunked or compressed', async () => {
    await start();
    const headers = { origin: 'https://shop.example' };
    const answer = await post(batch(1), { key: client.text, headers });
    expect([answer.status, answer.headers['access-control-allow-origin']]).toEqual([202, headers.origin]);
    expect((await post(batch(2), { headers: { 'transfer-encoding': 'chunked' } })).status).toBe(202);
    const packed = gzipSync(JSON.stringify(batch(3)));
    expect((await post(undefined, { raw: packed, headers: { 'content-encoding': 'gzip' } })).status).toBe(202);
    const preflight = await edge.ask('OPTIONS', PATH, { headers });
    expect([preflight.status, preflight.headers['access-control-allow-origin']]).toEqual([204, headers.origin]);
    await until(() => edge.queue.items.size === 3);
  });

  it('row 32: is forwarded however often the queue fails, in order, each group until it is taken', async () => {
    const queue = new MemoryQueue();
    queue.failing = 4;
    await start({ queue });
    for (let i = 1; i <= 20; i++) expect((await post(batch(i))).status).toBe(202);
    await until(() => spool().forwarded === 20 && spool().forwardFailures === 0);
    expect(queue.pushes.flat()).toEqual(Array.from({ length: 20 }, (_, i) => `env-1.${instance}.${i + 1}`));
    expect(spool()).toMatchObject({ stored: 20, waitingBytes: 0 });
  });

  it('is given up on by a queue that hangs, and offered again', async () => {
    const queue = new MemoryQueue();
    const push = queue.push.bind(queue);
    let hanging = true;
    queue.push = (name, items) => (hanging ? new Promise(() => undefined) : push(name, items));
    await start({ queue, limits: { pushDeadlineMs: 20 } });
    await post(batch(1));
    await until(() => spool().forwardFailures > 0);
    hanging = false;
    await until(() => queue.items.size === 1);
  });

  it('row 33: survives the edge: what was answered 202 and not forwarded is forwarded by the next start', async () => {
    const queue = new MemoryQueue();
    queue.failing = Number.POSITIVE_INFINITY;
    await start({ queue });
    for (let i = 1; i <= 5; i++) await post(batch(i));
    const left = await folder();
    await cp(edge.spoolDir, left, { recursive: true, filter: (path) => !/lock[^/]*$/.test(path) });
    const [segment = ''] = (await readdir(left)).filter((name) => name.startsWith('segment-'));
    const text = await readFile(join(left, segment), 'utf8');
    await writeFile(join(left, segment), text.slice(0, -20));
    await edge.close();
    await start({ spoolDir: left });
    await until(() => edge.queue.items.size === 4);
    expect([...edge.queue.items.keys()]).toEqual([1, 2, 3, 4].map((i) => `env-1.${instance}.${i}`));
    expect(spool().tornBytes).toBeGreaterThan(0);
  });

  it('that the disk has damaged is shown and does not hold up the others', async () => {
    const left = await folder();
    const line = (i: number) => JSON.stringify({ environment: 'env-1', batch: batch(i) });
    await writeFile(join(left, 'segment-000000000001.jsonl'), `${line(1)}\n\0\0\0\n${line(2)}\n`);
    await start({ spoolDir: left });
    await until(() => edge.queue.items.size === 2);
    expect(spool().damaged).toBe(1);
  });
});

describe('a refused batch', () => {
  it('is 400 with the place of the mistake', async () => {
    await start();
    for (const [body, path] of [
      [[], '$'],
      [{ ...batch(1), extra: 1 }, '$.extra'],
      [{ ...batch(1), environment: 'env-2' }, '$.environment'],
      [batch(0), '$.sequence'],
      [{ ...batch(1), rows: [{ ...batch(1).rows[0], count: 0 }] }, '$.rows[0].count'],
    ] as const) {
      const answer = await post(body);
      expect(answer.headers['content-type']).toBe('application/problem+json');
      expect(answer.json).toMatchObject({ status: 400, code: 'batch_invalid', path, detail: expect.any(String) });
    }
    expect((await post(undefined, { raw: '{' })).json).toMatchObject({ status: 400, code: 'not_json' });
    expect((await post(undefined)).json).toMatchObject({ status: 400, code: 'not_json' });
    expect(spool().stored).toBe(0);
  });

  it('is 413 above 1 MiB, announced, chunked or compressed', async () => {
    await start();
    const big = ' '.repeat((1 << 20) + 1);
    for (const [raw, headers] of [
      [big, {}],
      [big, { 'transfer-encoding': 'chunked' }],
      [gzipSync(big), { 'content-encoding': 'gzip' }],
    ] as const) {
      const answer = await post(undefined, { raw, headers });
      expect(answer.json).toMatchObject({ status: 413, code: 'body_too_large' });
    }
  });

  it('is 401, 403 or 405 by its key and method', async () => {
    await start();
    expect((await edge.ask('POST', PATH, { body: batch(1) })).status).toBe(401);
    expect((await post(batch(1), { key: relay.text })).status).toBe(403);
    const foreign = await post(batch(1), { key: client.text, headers: { origin: 'https://evil.example' } });
    expect(foreign.status).toBe(403);
    expect(foreign.headers).not.toHaveProperty('access-control-allow-origin');
    const read = await edge.ask('GET', PATH, { key: server.text });
    expect([read.status, read.headers.allow]).toEqual([405, 'POST, OPTIONS']);
  });

  it('is 408 when its body does not arrive in time', async () => {
    await start({ limits: { bodyDeadlineMs: 50 } });
    const answered = new Promise<IncomingMessage>((resolve, reject) => {
      const headers = { authorization: `Bearer ${server.text}`, 'content-length': '100' };
      const slow = edge.request('POST', PATH, { headers }, resolve);
      slow.on('error', reject);
      slow.write('{');
    });
    expect((await readAnswer(await answered)).json).toMatchObject({ status: 408, code: 'body_timeout' });
  });

  it('row 32: is 503 with Retry-After when the spool is full, never dropped, and taken once there is room', async () => {
    const queue = new MemoryQueue();
    queue.failing = Number.POSITIVE_INFINITY;
    await start({ queue, limits: { spoolBytes: 1_000 } });
    let stored = 0;
    while ((await post(batch(stored + 1))).status === 202) stored++;
    expect(stored).toBeGreaterThan(1);
    const full = await post(batch(stored + 1));
    expect(full.json).toMatchObject({ status: 503, code: 'spool_full' });
    expect(full.headers['retry-after']).toBe('5');
    expect(spool()).toMatchObject({ stored, full: 2 });
    queue.failing = 0;
    await until(() => queue.items.size === stored && spool().waitingBytes === 0);
    expect((await post(batch(stored + 1))).status).toBe(202);
  });

  it('is 503 when the disk refuses, while everything else is served', async () => {
    const blocked = await folder();
    await writeFile(join(blocked, 'spool'), '');
    await start({ spoolDir: join(blocked, 'spool') });
    const answer = await post(batch(1));
    expect(answer.json).toMatchObject({ status: 503, code: 'spool_unavailable' });
    expect(answer.headers['retry-after']).toBe('5');
    expect((await edge.ask('POST', '/ofrep/v1/evaluate/flags/a', { key: server.text })).status).toBe(200);
  });

  it('is taken again by itself once the disk allows it', async () => {
    const blocked = await folder();
    await writeFile(join(blocked, 'spool'), '');
    await start({ spoolDir: join(blocked, 'spool'), limits: { flushMs: 10 } });
    expect(spool().state).toBe('failed');
    await rm(join(blocked, 'spool'));
    await until(() => spool().state === 'open');
    expect((await post(batch(1))).status).toBe(202);
  });

  it('is 503 while more bytes are arriving than may be held', async () => {
    await start({ limits: { intakeBytes: 1_500_000 } });
    const open = edge.request('POST', PATH, { headers: { authorization: `Bearer ${server.text}` } }, () => undefined);
    open.on('error', () => undefined);
    open.write('{');
    const big = { raw: ' '.repeat(900_000) };
    await until(async () => (await post(undefined, big)).json.code === 'intake_busy');
    open.destroy();
    await until(async () => (await post(undefined, big)).json.code === 'not_json');
  });
});

describe('the log', () => {
  it('never holds a key', async () => {
    await start();
    await post(batch(1));
    await edge.ask('GET', `/native/v1/ruleset?key=${server.text}`, { key: 'nonsense' });
    expect(edge.logLines.join('')).not.toContain(server.text.slice(15, 40));
  });
});

describe('counted evaluations', () => {
  it('wait unchanged while the spool does not take them, and are counted once', async () => {
    const queue = new MemoryQueue();
    queue.failing = Number.POSITIVE_INFINITY;
    await start({ queue, limits: { spoolBytes: 600, flushMs: 10 } });
    while ((await post(batch(1))).status === 202);
    for (let i = 0; i < 7; i++) await edge.ask('POST', '/ofrep/v1/evaluate/flags/a', { key: server.text });
    const full = spool().full;
    await until(() => spool().full > full + 2);
    queue.failing = 0;
    const counted = () =>
      ([...queue.items.values()] as { batch: ExposureBatch }[])
        .filter(({ batch }) => batch.sdk === 'ofrep/1')
        .flatMap(({ batch }) => batch.rows)
        .reduce((sum, { count }) => sum + count, 0);
    await until(() => counted() === 7);
    const sequences = ([...queue.items.values()] as { batch: ExposureBatch }[])
      .filter(({ batch }) => batch.sdk === 'ofrep/1')
      .map(({ batch }) => batch.sequence);
    expect(sequences).toEqual(sequences.map((_, i) => i + 1));
  });

  it('are stored and forwarded by a stop', async () => {
    await start({ limits: { flushMs: 60_000 } });
    await edge.ask('POST', '/ofrep/v1/evaluate/flags/a', { key: server.text });
    await edge.edge.stop();
    expect(edge.queue.items.size).toBe(1);
  });
});
