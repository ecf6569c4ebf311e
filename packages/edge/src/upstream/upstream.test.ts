/** Edges over edges, in one process and over real HTTP: what travels down, what travels up, and what ends. */
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseAggregate, type ServingAggregate } from '@flaghoist/protocol/exposures';
import { createLogger } from '@flaghoist/runtime/telemetry';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { EdgeServer, until } from '../../test-support/edge-server.ts';
import { entity, flag, History, mintKey } from '../../test-support/history.ts';
import type { EdgeOptions } from '../edge-options.ts';
import { EXPOSURES_QUEUE } from '../intake/spool/forwarder.ts';
import { createTimers } from '../node-timers.ts';
import { createUpstream } from './upstream.ts';
import { createUpstreamRequests } from './upstream-requests.ts';
import { UpstreamSource } from './upstream-source.ts';

const relay = mintKey('relay');
const key = mintKey('server');
const other = mintKey('client');
const logger = createLogger({ level: 'silent', name: 'upstream' });
const edges: EdgeServer[] = [];
let first: History;
let second: History;
let top: EdgeServer;
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'flaghoist-upstream-'));
  first = new History('env-1');
  second = new History('env-2');
  first.change(flag('a'), relay.line(), key.line());
  second.change(flag('b'), relay.line(), other.line());
  top = await EdgeServer.create({ limits: { flushMs: 10, keyUsageMs: 20 } });
  edges.push(top);
  for (const history of [first, second]) history.publishCheckpoint(top.log);
  await top.edge.start();
});

afterEach(async () => {
  for (const edge of edges.splice(0).reverse()) await edge.close();
  await rm(folder, { recursive: true, force: true });
});

async function below(upper: EdgeServer, options: Partial<EdgeOptions> = {}, secret = relay.text): Promise<EdgeServer> {
  const upstream = createUpstream({ url: `http://127.0.0.1:${upper.port}`, key: () => secret, logger });
  const edge = await EdgeServer.create({ ...upstream, limits: { flushMs: 10, keyUsageMs: 20 }, ...options });
  edges.push(edge);
  await edge.edge.start();
  return edge;
}

const revisions = ({ edge }: EdgeServer) =>
  Object.fromEntries(edge.status().environments.map(({ id, revision }) => [id, revision]));
const evaluate = (edge: EdgeServer, secret = key.text) =>
  edge.ask('POST', '/ofrep/v1/evaluate/flags/a', { key: secret, body: { context: { targetingKey: 'ann' } } });

describe('an edge that follows another', () => {
  it('has every environment of its key when it has started, and recognises their keys', async () => {
    const edge = await below(top);
    expect([revisions(edge), edge.edge.status().ready]).toEqual([{ 'env-1': 1, 'env-2': 1 }, true]);
    expect((await evaluate(edge)).json).toMatchObject({ value: true });
    expect((await edge.ask('GET', '/native/v1/ruleset', { key: key.text })).headers['etag']).toBe(first.etag);
    expect((await evaluate(edge, mintKey('server').text)).status).toBe(401);
  });

  it('hears of changes of all of them on one stream', async () => {
    const edge = await below(top);
    await until(() => top.edge.status().streams.open === 1);
    first.publish(top.log, flag('a', { enabled: false }));
    second.publish(top.log, flag('c'));
    await until(() => revisions(edge)['env-1'] === 2 && revisions(edge)['env-2'] === 2);
    expect((await evaluate(edge)).json).toMatchObject({ value: false });
    expect(top.edge.status().streams.open).toBe(1);
  });

  it('is followed in its turn, three deep, with the keys all the way down', async () => {
    const bottom = await below(await below(await below(top)));
    expect((await evaluate(bottom)).json).toMatchObject({ value: true });
    const late = mintKey('server');
    first.publish(top.log, late.line(), flag('a', { enabled: false }));
    await until(async () => (await evaluate(bottom, late.text)).status === 200);
    expect((await evaluate(bottom)).json).toMatchObject({ value: false });
    first.publish(top.log, late.line({ revoked: true }));
    await until(async () => (await evaluate(bottom, late.text)).status === 401);
  });

  it('never hands a key line to an SDK', async () => {
    const edge = await below(top);
    first.publish(top.log, flag('z'), mintKey('server').line());
    await until(() => revisions(edge)['env-1'] === 2);
    for (const server of [top, edge])
      expect((await server.ask('GET', '/native/v1/ruleset', { key: key.text })).text).not.toMatch(/^key\t/m);
  });

  it('takes an environment that its key gets later, without a restart', async () => {
    const edge = await below(top);
    await until(() => top.edge.status().streams.open === 1);
    const third = new History('env-3');
    third.change(flag('c'), relay.line());
    third.publishCheckpoint(top.log);
    await until(() => revisions(edge)['env-3'] === 1);
    expect(edge.edge.status().ready).toBe(true);
  });
});

describe('what an edge may not follow any more', () => {
  it('is forgotten when the edge above has said so, on disk too, and its keys are refused', async () => {
    const edge = await below(top, { rulesetDir: folder });
    await until(async () => (await readdir(folder)).length === 2);
    first.publish(top.log, entity('key', relay.id, null));
    await until(() => revisions(edge)['env-1'] === undefined);
    expect(revisions(edge)).toEqual({ 'env-2': 1 });
    await until(async () => (await readdir(folder)).join() === 'env-2');
    expect((await evaluate(edge)).status).toBe(503);
  });

  it('is another one when it is granted again: new streams hear where it is now', async () => {
    const edge = await below(top, { limits: { heartbeatMs: 30 } });
    const open = () => edge.stream(`/native/v1/stream?after=${first.cursor}`, { authorization: `Bearer ${key.text}` });
    const before = await open();
    await before.until(({ events }) => events.length > 0);
    first.publish(top.log, entity('key', relay.id, null));
    await until(() => revisions(edge)['env-1'] === undefined);
    first.publish(top.log, relay.line());
    await until(() => revisions(edge)['env-1'] === 3);
    const after = await open();
    await after.until(({ events }) => events.length > 3);
    const heads = after.events.filter(({ event }) => event === 'head').map(({ data }) => JSON.parse(data).revision);
    expect(new Set(heads)).toEqual(new Set([3]));
    for (const stream of [before, after]) stream.close();
  });

  it('is only said to be withdrawn while the edge above hears that it knows the newest', async () => {
    const [own, held] = [mintKey('relay'), '/native/v1/environments?held=env-1'];
    second.publish(top.log, own.line());
    const withdrawn = async (): Promise<string> =>
      (await top.ask('GET', held, { key: own.text })).json?.withdrawn?.join() ?? 'refused';
    await until(async () => (await withdrawn()) === 'env-1');
    top.log.failing = true;
    await until(async () => (await withdrawn()) === '');
    top.log.failing = false;
    await until(async () => (await withdrawn()) === 'env-1');
  });

  it('is kept while the edge above has not loaded it', async () => {
    const edge = await below(top, { rulesetDir: folder });
    await until(async () => (await readdir(folder)).length === 2);
    await edge.edge.stop();
    const empty = await EdgeServer.create();
    edges.push(empty);
    second.publishCheckpoint(empty.log);
    await empty.edge.start();
    const again = await below(empty, { rulesetDir: folder });
    await until(() => again.edge.status().environments.some(({ confirmed }) => confirmed));
    expect(revisions(again)).toEqual({ 'env-1': 1, 'env-2': 1 });
    expect((await evaluate(again)).json).toMatchObject({ value: true });
  });

  it('with a relay key that was revoked: it hears who else was, and answers on', async () => {
    const edge = await below(top);
    await until(() => top.edge.status().streams.open === 1);
    first.publish(top.log, relay.line({ revoked: true }), mintKey('server').line());
    await until(() => revisions(edge)['env-1'] === 2);
    expect((await evaluate(edge)).json).toMatchObject({ value: true });
  });
});

describe('on its way up', () => {
  it('every batch is handed on once, under its own name, from the bottom to the queue', async () => {
    const bottom = await below(await below(top));
    const batch = { instance: 'instance-0123456789', sequence: 7, sdk: 'test/1', dropped: 0, rows: [] };
    const sent = await bottom.ask('POST', '/native/v1/exposures', { key: key.text, body: batch });
    expect(sent.status, sent.text).toBe(202);
    await evaluate(bottom);
    await until(() => top.queue.items.has('env-1.instance-0123456789.7'));
    await until(() => [...top.queue.items.values()].some((item) => JSON.stringify(item).includes('"flag":"a"')));
  });

  it('what the key may not say is not taken', async () => {
    const line = JSON.stringify({
      id: 'x',
      body: JSON.stringify({ environment: 'env-9', batch: { instance: 'x'.repeat(16) } }),
    });
    const path = `/native/v1/forward?queue=${EXPOSURES_QUEUE}`;
    const wrong = await top.ask('POST', path, { key: relay.text, raw: line });
    expect(wrong.json).toEqual({ accepted: 0, dropped: 1 });
    expect((await top.ask('POST', path, { key: key.text, raw: line })).status).toBe(403);
    expect((await top.ask('POST', '/native/v1/forward?queue=x', { key: relay.text, raw: line })).status).toBe(400);
    expect((await top.ask('POST', path, { key: relay.text, raw: 'no item' })).status).toBe(400);
  });

  it('aggregates of receipts arrive unchanged, each under the name of its edge, and one of foreign environments does not', async () => {
    const quick = { limits: { flushMs: 10, keyUsageMs: 20, aggregateMs: 20 } };
    const bottom = await below(await below(top, { ...quick, instance: 'edge-in-the-middle' }), {
      ...quick,
      instance: 'edge-at-the-bottom',
      version: '1.2.3',
    });
    const said = (edge: string) =>
      top.queue.receipts
        .map(({ body }) => parseAggregate(Buffer.from(body).toString()) as ServingAggregate)
        .filter((one) => one.edge === edge && one.environment === 'env-1');
    await until(() => said('edge-in-the-middle').length > 0 && said('edge-at-the-bottom').length > 0);
    first.publish(top.log, flag('a', { enabled: false }));
    await until(() => revisions(bottom)['env-1'] === 2);
    const receipt = {
      instance: 'instance-0123456789',
      sdk: 'test/1',
      host: 'here/1',
      state: 'following',
      place: [1, 2],
    };
    const body = { ...receipt, applied: [[1, 2, 0]], ageMs: 0, problem: null };
    expect((await bottom.ask('POST', '/native/v1/receipts', { key: key.text, body })).status).toBe(202);
    await until(() => said('edge-at-the-bottom').some(({ counts }) => counts.length > 0));
    expect(said('edge-at-the-bottom').find(({ counts }) => counts.length > 0)).toMatchObject({
      version: '1.2.3',
      place: [1, 2],
      counts: [[1, 2, 1]],
      named: [{ instance: 'instance-0123456789' }],
      deliveries: [{ place: [1, 2], histogram: [[expect.any(Number), 1]] }],
    });
    expect(said('edge-in-the-middle').flatMap(({ counts }) => counts)).toEqual([]);
    const foreign = { environment: 'env-9', edge: 'edge-of-strangers', sequence: 1, state: 'closed' };
    const raw = JSON.stringify({ id: 'x', body: JSON.stringify(foreign) });
    const asked = await top.ask('POST', '/native/v1/forward?queue=receipts', { key: relay.text, raw });
    expect([asked.status, asked.json]).toEqual([200, { accepted: 0, dropped: 1 }]);
  });

  it('the use of keys arrives too', async () => {
    const bottom = await below(await below(top));
    await evaluate(bottom);
    const used = () => top.queue.keyUsage.map(({ body }) => Buffer.from(body).toString());
    await until(() => used().some((text) => text.includes(key.id)));
  });

  it('an unknown key is asked about to the top', async () => {
    const asked: string[] = [];
    const strange = mintKey('server');
    const asking = await EdgeServer.create({
      log: top.log,
      confirmKey: (id) => {
        asked.push(id);
        return Promise.resolve('unknown');
      },
    });
    edges.push(asking);
    await asking.edge.start();
    const bottom = await below(await below(asking));
    expect((await evaluate(bottom, strange.text)).status).toBe(401);
    expect(asked).toEqual([strange.id]);
  });
});

describe('whoever needs a newer answer', () => {
  it('has it from the top, three deep, where streams bring nothing on the way', async () => {
    const requests = createUpstreamRequests({ url: `http://127.0.0.1:${top.port}`, key: () => relay.text });
    const silent = { ...requests, stream: () => () => undefined };
    const source = new UpstreamSource({ requests: silent, timers: createTimers(Date.now), random: Math.random });
    const upper = await EdgeServer.create({ source });
    edges.push(upper);
    void upper.edge.start();
    await until(() => Object.keys(revisions(upper)).length === 2 && upper.edge.status().ready);
    const bottom = await below(await below(upper));
    first.publish(top.log, flag('a', { enabled: false }));
    const answer = await bottom.ask('POST', '/ofrep/v1/evaluate/flags/a', {
      key: key.text,
      headers: { 'flaghoist-at-least': '1.2;wait=5000' },
      body: {},
    });
    expect([answer.status, answer.headers['flaghoist-revision']]).toEqual([200, '1.2']);
  });

  it('has it from a later epoch too, two deep, however far that is', async () => {
    const bottom = await below(await below(top));
    const restored = new History('env-1');
    restored.epoch = 1_800_000_000;
    restored.change(flag('a', { enabled: false }), relay.line(), key.line());
    const asked = bottom.ask('POST', '/ofrep/v1/evaluate/flags/a', {
      key: key.text,
      headers: { 'flaghoist-at-least': '1800000000.1;wait=30000' },
      body: {},
    });
    await until(() => bottom.edge.status().waiting === 1);
    restored.publishCheckpoint(top.log);
    const answer = await asked;
    expect([answer.status, answer.headers['flaghoist-revision']]).toEqual([200, '1800000000.1']);
  });

  it('has the edge above asked at once, although the stream says nothing', async () => {
    const edge = await below(top);
    await until(() => top.edge.status().streams.open === 1);
    first.publish(top.log, flag('a', { enabled: false }));
    const answer = await edge.ask('POST', '/ofrep/v1/evaluate/flags/a', {
      key: key.text,
      headers: { 'flaghoist-at-least': '1.2;wait=5000' },
      body: {},
    });
    expect([answer.status, answer.headers['flaghoist-revision']]).toEqual([200, '1.2']);
  });
});
