import { connect } from 'node:net';
import { gunzipSync } from 'node:zlib';
import { VerifiedRuleset } from '@flaghoist/client';
import { evaluate } from '@flaghoist/evaluator';
import { parseBlocks } from '@flaghoist/protocol/ruleset';
import { sha256 } from '@flaghoist/runtime/crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { EdgeServer, type TestStream, until } from '../../../test-support/edge-server.ts';
import { entity, flag, History, mintKey } from '../../../test-support/history.ts';
import type { EdgeLimits } from '../../limits.ts';

const server = mintKey('server');
const client = mintKey('client');
const relay = mintKey('relay');
const RULESET = '/native/v1/ruleset';
const STREAM = '/native/v1/stream';

let clock = 1_800_000_000_000;
let edge: EdgeServer;
let history: History;
let streams: TestStream[];

async function start(limits: Partial<EdgeLimits> = {}): Promise<void> {
  edge = await EdgeServer.create({ limits: { heartbeatMs: 30, ...limits }, now: () => clock });
  history.publishCheckpoint(edge.log);
  await edge.edge.start();
}

beforeEach(() => {
  clock = 1_800_000_000_000;
  streams = [];
  history = new History('env-1');
  history.change(flag('one'), flag('two'), server.line(), client.line(), relay.line());
});

afterEach(async () => {
  for (const stream of streams) stream.close();
  await edge.close();
});

const revision = () => edge.edge.status().environments[0]?.revision;
const openStreams = () => edge.edge.status().streams.open;

async function open(cursor: string | null, headers: Record<string, string> = {}, path = STREAM): Promise<TestStream> {
  const stream = await edge.stream(path, {
    authorization: `Bearer ${server.text}`,
    ...(cursor === null ? {} : { 'last-event-id': cursor }),
    ...headers,
  });
  streams.push(stream);
  return stream;
}

function load(text: string): VerifiedRuleset {
  const copy = new VerifiedRuleset({ sha256, access: 'opaque', regex: null });
  const applied = copy.applyBlocks(parseBlocks(text) ?? []);
  expect(applied).toMatchObject({ ok: true });
  return copy;
}

describe('the snapshot', () => {
  it('verifies to the published head and holds no keys', async () => {
    await start();
    const answer = await edge.ask('GET', RULESET, { key: server.text });
    expect(answer.status).toBe(200);
    expect(answer.headers).toMatchObject({
      'content-type': 'application/vnd.flaghoist.ruleset; charset=utf-8',
      etag: history.etag,
      'cache-control': 'private, no-cache',
      vary: 'Accept-Encoding, Authorization, X-API-Key',
      'flaghoist-revision': '1.1',
    });
    expect(answer.text).not.toContain('key\t');
    expect(answer.text).not.toContain(server.access.sha256);
    const copy = load(answer.text);
    expect(copy.headText).toBe(history.headText);
    expect(evaluate(copy.ruleset, 'one', {})).toMatchObject({ value: true });
  });

  it('answers 304 while nothing changed, and the whole again after a change', async () => {
    await start();
    const etag = history.etag;
    const ask = () => edge.ask('GET', RULESET, { key: server.text, headers: { 'if-none-match': etag } });
    const same = await ask();
    expect([same.status, same.text, same.headers.etag]).toEqual([304, '', etag]);
    history.publish(edge.log, flag('one', { enabled: false }));
    await until(() => revision() === 2);
    const changed = await ask();
    expect([changed.status, changed.headers.etag]).toEqual([200, history.etag]);
  });

  it('is gzip made of one member per part, and verifies to the same root as without', async () => {
    history.change(...Array.from({ length: 200 }, (_, i) => flag(`more-${i}`)));
    await start();
    const gzip = () => edge.ask('GET', RULESET, { key: server.text, headers: { 'accept-encoding': 'br, gzip' } });
    const first = await gzip();
    history.publish(edge.log, flag('one', { enabled: false }));
    history.publish(edge.log, entity('flag', 'two', null), server.line({ origins: [] }));
    await until(() => revision() === history.revision);
    const packed = await gzip();
    expect(packed.headers['content-encoding']).toBe('gzip');
    expect(packed.bytes.subarray(0, first.bytes.length)).toEqual(first.bytes);
    const members = packed.bytes.toString('latin1').split('\x1f\x8b\x08').length - 1;
    expect(members).toBe(3);
    const plain = await edge.ask('GET', RULESET, { key: server.text });
    expect(plain.headers).not.toHaveProperty('content-encoding');
    expect(gunzipSync(packed.bytes).toString()).toBe(plain.text);
    const copy = load(plain.text);
    expect(copy.headText).toBe(history.headText);
    expect(copy.size).toBe(201);
    expect(packed.headers.etag).toBe(history.etag);
  });

  it('answers a path, a method and a key that do not fit with a problem document', async () => {
    await start();
    const cases = [
      ['GET', '/native/v1/other', {}, 404, 'path_unknown'],
      ['POST', RULESET, { key: server.text }, 405, 'method_not_allowed'],
      ['GET', RULESET, {}, 401, 'key_missing'],
      ['GET', RULESET, { key: 'fhs_x' }, 401, 'key_malformed'],
      ['GET', RULESET, { key: client.text }, 403, 'key_kind'],
      ['GET', STREAM, { key: client.text }, 403, 'key_kind'],
      ['GET', RULESET, { key: server.text, headers: { origin: 'https://a.example' } }, 403, 'key_in_browser'],
      ['GET', RULESET, { key: relay.text }, 400, 'environment_missing'],
      ['GET', `${RULESET}?environment=other`, { key: relay.text }, 503, 'environment_not_loaded'],
      ['GET', `${RULESET}?environment=other`, { key: server.text }, 403, 'environment_not_allowed'],
    ] as const;
    for (const [method, path, ask, status, code] of cases) {
      const answer = await edge.ask(method, path, ask);
      expect(answer.headers['content-type']).toBe('application/problem+json');
      expect(answer.json).toMatchObject({
        type: 'about:blank',
        title: expect.any(String),
        status,
        code,
        detail: expect.any(String),
      });
      expect(answer.status).toBe(status);
    }
  });

  it('is given to a relay key for each of its environments and for no other', async () => {
    const other = new History('env-2');
    other.change(flag('theirs'));
    await start();
    other.publishCheckpoint(edge.log);
    await until(() => edge.edge.ruleset('env-2') !== undefined);
    expect((await edge.ask('GET', `${RULESET}?environment=env-1`, { key: relay.text })).headers.etag).toBe(
      history.etag,
    );
    const foreign = await edge.ask('GET', `${RULESET}?environment=env-2`, { key: relay.text });
    expect(foreign.json).toMatchObject({ status: 403, code: 'environment_not_allowed' });
    other.publish(edge.log, relay.line());
    await until(
      async () => (await edge.ask('GET', `${RULESET}?environment=env-2`, { key: relay.text })).status === 200,
    );
  });
});

describe('a stream', () => {
  it('sends its headers and the head at once', async () => {
    await start({ heartbeatMs: 60_000 });
    const stream = await open('1.1');
    await stream.until(({ events }) => events.length === 1);
    expect(stream.response.headers).toMatchObject({
      'content-type': 'text/event-stream',
      'cache-control': 'no-store, no-transform',
      'x-accel-buffering': 'no',
      'flaghoist-revision': '1.1',
    });
    expect(stream.events).toEqual([{ event: 'head', id: null, data: history.headText }]);
  });

  it('sends each patch as the block that was published, without keys', async () => {
    await start({ heartbeatMs: 60_000 });
    const copy = load((await edge.ask('GET', RULESET, { key: server.text })).text);
    const stream = await open('1.1');
    await until(() => openStreams() === 1);
    history.publish(edge.log, flag('one', { enabled: false }), flag('three'));
    history.publish(edge.log, mintKey('client').line());
    await stream.until(({ events }) => events.length === 3);
    expect(stream.names()).toEqual(['head', 'patch', 'patch']);
    expect(stream.events.map(({ id }) => id)).toEqual([null, '1.2', '1.3']);
    for (const { data } of stream.events.slice(1)) {
      for (const block of parseBlocks(`${data}\n`) ?? []) expect(copy.applyPatch(block)).toMatchObject({ ok: true });
    }
    expect(copy.headText).toBe(history.headText);
    expect(stream.events[2]?.data).not.toContain('\n');
  });

  it('resumes at a cursor from Last-Event-ID or from the query', async () => {
    await start({ heartbeatMs: 60_000 });
    for (let i = 0; i < 3; i++) history.publish(edge.log, flag('one', { enabled: i % 2 === 0 }));
    await until(() => revision() === 4);
    for (const stream of [await open('1.2'), await open(null, {}, `${STREAM}?after=1.2`)]) {
      await stream.until(({ events }) => events.length === 3);
      expect(stream.names()).toEqual(['head', 'patch', 'patch']);
      expect(stream.events.map(({ id }) => id)).toEqual([null, '1.3', '1.4']);
    }
  });

  it('says reset to a follower without a place, too far behind, or of another history, and goes on from here', async () => {
    await start({ heartbeatMs: 60_000, windowPatches: 2 });
    for (let i = 0; i < 4; i++) history.publish(edge.log, flag('one', { enabled: i % 2 === 0 }));
    await until(() => revision() === 5);
    const opened = [await open(null), await open('1.2'), await open('nonsense')];
    for (const stream of opened) await stream.until(({ events }) => events.length === 2);
    history.publish(edge.log, flag('two', { enabled: false }));
    for (const stream of opened) {
      await stream.until(({ events }) => events.length === 3);
      expect(stream.names()).toEqual(['head', 'reset', 'patch']);
    }
  });

  it('sends a follower that is ahead of this edge nothing but the head, until the edge has caught up', async () => {
    await start({ heartbeatMs: 60_000 });
    const stream = await open('1.3');
    await stream.until(({ events }) => events.length === 1);
    for (let i = 0; i < 3; i++) history.publish(edge.log, flag('one', { enabled: i % 2 === 0 }));
    await stream.until(({ events }) => events.length === 2);
    expect(stream.events.map(({ event, id }) => [event, id])).toEqual([
      ['head', null],
      ['patch', '1.4'],
    ]);
  });

  it('says reset instead of a patch that is very large, or that an event cannot carry', async () => {
    await start({ heartbeatMs: 60_000, patchBytes: 2_000 });
    const stream = await open('1.1');
    history.publish(edge.log, flag('one', { type: 'string', variants: { on: 'x'.repeat(3_000) }, offVariant: 'on' }));
    await stream.until(({ events }) => events.length === 2);
    const json = '{\r"key":"two","type":"boolean","enabled":true,"variants":{"on":true},"default":{"variant":"on"}}';
    history.publish(edge.log, { kind: 'flag', key: 'two', json, sha256: sha256(json) });
    await stream.until(({ events }) => events.length === 3);
    expect(stream.names()).toEqual(['head', 'reset', 'reset']);
    expect(load((await edge.ask('GET', RULESET, { key: server.text })).text).headText).toBe(history.headText);
  });

  it('repeats the head when nothing changes', async () => {
    await start({ heartbeatMs: 20 });
    const stream = await open('1.1');
    await stream.until(({ events }) => events.length === 3);
    expect(new Set(stream.events.map(({ data }) => data))).toEqual(new Set([history.headText]));
  });

  it('is ended when its key is revoked, deleted or replaced', async () => {
    const second = mintKey('server');
    const third = mintKey('server');
    history.change(second.line(), third.line());
    await start({ heartbeatMs: 60_000 });
    const kept = await open(history.cursor);
    const revoked = await open(history.cursor, { authorization: `Bearer ${second.text}` });
    const deleted = await open(history.cursor, { authorization: `Bearer ${third.text}` });
    await until(() => openStreams() === 3);
    history.publish(edge.log, second.line({ revoked: true }), entity('key', third.id, null));
    await revoked.until(({ ended }) => ended);
    await deleted.until(({ ended }) => ended);
    await kept.until(({ events }) => events.length === 2);
    expect(kept.ended).toBe(false);
    expect(openStreams()).toBe(1);
    const again = await edge.ask('GET', STREAM, { key: second.text });
    expect(again.json).toMatchObject({ status: 401, code: 'key_revoked' });
  });

  it('is ended when its key expires', async () => {
    const brief = mintKey('server', { expiresAt: clock / 1000 + 60 });
    history.change(brief.line());
    await start();
    const stream = await open(history.cursor, { authorization: `Bearer ${brief.text}` });
    await stream.until(({ events }) => events.length >= 2);
    expect(stream.ended).toBe(false);
    clock += 60_000;
    await stream.until(({ ended }) => ended);
    expect((await edge.ask('GET', RULESET, { key: brief.text })).json).toMatchObject({ code: 'key_expired' });
  });

  it('is ended at a random age between the two limits', async () => {
    await start();
    const stream = await open('1.1');
    clock += 30 * 60_000 - 1;
    const seen = stream.events.length;
    await stream.until(({ events }) => events.length >= seen + 2);
    expect(stream.ended).toBe(false);
    clock += 30 * 60_000 + 1;
    await stream.until(({ ended }) => ended);
  });

  it('is refused above the limit, and free again when one has gone', async () => {
    await start({ maxStreams: 1 });
    const first = await open('1.1');
    await until(() => openStreams() === 1);
    const full = await edge.ask('GET', STREAM, { key: server.text });
    expect(full.json).toMatchObject({ status: 503, code: 'streams_full' });
    expect(Number(full.headers['retry-after'])).toBeGreaterThanOrEqual(1);
    first.close();
    await until(() => openStreams() === 0);
    await (await open('1.1')).until(({ events }) => events.length > 0);
  });

  it('is cut when nobody reads it, and others are not', async () => {
    await start({ heartbeatMs: 60_000, streamBufferBytes: 512 << 10 });
    const reader = await open('1.1');
    const socket = connect(edge.port, '127.0.0.1');
    socket.on('error', () => undefined);
    socket.write(
      `GET ${STREAM} HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer ${server.text}\r\nLast-Event-ID: 1.1\r\n\r\n`,
    );
    await until(() => openStreams() === 2);
    for (let i = 0; edge.edge.status().streams.cut === 0 && i < 400; i++) {
      const text = 'x'.repeat(60_000);
      const variants = { on: `${i}${text}`, b: text, c: text };
      history.publish(edge.log, flag('big', { type: 'string', variants, offVariant: 'on' }));
      await reader.until(({ events }) => events.at(-1)?.id === history.cursor);
    }
    expect(edge.edge.status().streams).toEqual({ open: 1, cut: 1 });
    socket.destroy();
  });
});

describe('draining', () => {
  it('ends every stream, refuses new ones and goes on answering everything else', async () => {
    await start();
    const stream = await open('1.1');
    await until(() => openStreams() === 1);
    await edge.edge.drain();
    await stream.until(({ ended }) => ended);
    expect((await edge.ask('GET', STREAM, { key: server.text })).json).toMatchObject({ code: 'streams_draining' });
    expect((await edge.ask('GET', RULESET, { key: server.text })).status).toBe(200);
    expect((await edge.ask('POST', '/ofrep/v1/evaluate/flags/one', { key: server.text })).status).toBe(200);
  });
});

describe('other paths', () => {
  it('are left to others', async () => {
    await start();
    for (const path of ['/', '/native', '/nativeX/v1', '/ofrep', '/api/native/v1/ruleset'])
      expect((await edge.ask('GET', path)).text).toBe('not of the edge');
  });
});
