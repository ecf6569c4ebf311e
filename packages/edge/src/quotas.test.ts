/** Too many requests, at every door: who is refused, how, and who is not. Counts, not milliseconds. */
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { NATIVE_PATHS } from '@flaghoist/protocol/ruleset';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Answer, EdgeServer } from '../test-support/edge-server.ts';
import { flag, History, mintKey, type TestKey } from '../test-support/history.ts';
import { Quotas } from './access/quotas.ts';
import { DEFAULT_LIMITS, type EdgeLimits } from './limits.ts';

const server = mintKey('server');
const other = mintKey('server');
const client = mintKey('client');
const limited = mintKey('server', { rateLimit: 3 });
/** What the same three send as edges: the paths for edges take no other key. */
const relays = new Map(
  [server, other, limited].map((key) => [key, mintKey('relay', key === limited ? { rateLimit: 3 } : {})]),
);
const BULK = '/ofrep/v1/evaluate/flags';
const SINGLE = `${BULK}/one`;
const tight = { requests: 5, windowMs: 1_000 };
const wide = { requests: 1_000_000, windowMs: 1_000 };
const TIGHT: Partial<EdgeLimits> = {
  keyQuotas: { evaluation: tight, ruleset: tight, stream: tight, exposures: tight, receipts: tight },
};
const KINDS_WIDE = { evaluation: wide, ruleset: wide, stream: wide, exposures: wide, receipts: wide };

const POSTED: ReadonlySet<string> = new Set([NATIVE_PATHS.exposures, NATIVE_PATHS.receipts, NATIVE_PATHS.forward]);

let clock: number;
let edge: EdgeServer;
let history: History;
let sequence = 0;
let askedUpstream: number;

beforeEach(() => {
  clock = 1_800_000_000_000;
  askedUpstream = 0;
});
afterEach(() => edge.close());

async function start(limits: Partial<EdgeLimits> = {}): Promise<void> {
  edge = await EdgeServer.create({ limits, now: () => clock, random: () => 0.5, confirmKey });
  history = new History('env-1');
  const keys = [server, other, client, limited, ...relays.values()];
  history.change(flag('one', { clientVisible: true }), ...keys.map((key) => key.line()));
  history.publishCheckpoint(edge.log);
  await edge.edge.start();
}

function confirmKey(): Promise<'unknown'> {
  askedUpstream++;
  return Promise.resolve('unknown');
}

function batch(): unknown {
  return { instance: 'abcdefghijklmnop', sequence: ++sequence, sdk: 'test/1', rows: [], dropped: 0 };
}

/** The head of an answer; a stream is not waited for. */
function ask(
  method: string,
  path: string,
  { key, headers = {}, body }: { key?: TestKey | string; headers?: Record<string, string>; body?: unknown } = {},
): Promise<{ status: number; headers: IncomingHttpHeaders }> {
  const payload = body === undefined ? undefined : JSON.stringify(body);
  const text = typeof key === 'object' ? key.text : key;
  const all = {
    ...(text === undefined ? {} : { authorization: `Bearer ${text}` }),
    ...(payload === undefined ? {} : { 'content-length': String(Buffer.byteLength(payload)) }),
    ...headers,
  };
  return new Promise((resolve, reject) => {
    const asked = edge.request(method, path, { headers: all }, (response) => {
      resolve({ status: response.statusCode ?? 0, headers: response.headers });
      response.destroy();
    });
    asked.on('error', reject);
    asked.end(payload);
  });
}

async function statuses(count: number, send: () => Promise<{ status: number }>): Promise<Record<number, number>> {
  const found: Record<number, number> = {};
  for (let i = 0; i < count; i++) {
    const { status } = await send();
    found[status] = (found[status] ?? 0) + 1;
  }
  return found;
}

interface Place {
  readonly name: string;
  readonly good: number;
  readonly send: (key: TestKey) => Promise<{ status: number; headers: IncomingHttpHeaders }>;
}

/** A path that is added to the native door is asked with a GET until this table says how else. */
const NATIVE: Partial<Record<keyof typeof NATIVE_PATHS, Omit<Place, 'name'>>> = {
  exposures: { good: 202, send: (key) => ask('POST', NATIVE_PATHS.exposures, { key, body: batch() }) },
  receipts: { good: 202, send: (key) => ask('POST', NATIVE_PATHS.receipts, { key, body: RECEIPT }) },
  environments: { good: 200, send: (key) => ask('GET', NATIVE_PATHS.environments, { key: asEdge(key) }) },
  keys: { good: 200, send: (key) => ask('GET', `${NATIVE_PATHS.keys}?id=${key.id}`, { key: asEdge(key) }) },
  forward: {
    good: 200,
    send: (key) => ask('POST', `${NATIVE_PATHS.forward}?queue=exposures`, { key: asEdge(key), headers: EMPTY }),
  },
};
const EMPTY = { 'content-length': '0' };
const asEdge = (key: TestKey): TestKey => relays.get(key) ?? key;
const RECEIPT = {
  instance: 'instance-0000000001',
  sdk: 'test/1',
  host: 'here/1',
  state: 'following',
  place: null,
  applied: [],
  ageMs: null,
  problem: null,
};
const PLACES: readonly Place[] = [
  ...Object.entries(NATIVE_PATHS).map(([name, path]) => ({
    name: path,
    good: 200,
    send: (key: TestKey) => ask('GET', path, { key }),
    ...NATIVE[name as keyof typeof NATIVE_PATHS],
  })),
  { name: SINGLE, good: 200, send: (key) => ask('POST', SINGLE, { key, body: { context: {} } }) },
  { name: BULK, good: 200, send: (key) => ask('POST', BULK, { key, body: { context: {} } }) },
];

describe.each(PLACES)('a flood on one key at $name', ({ name, good, send }) => {
  it('is refused beyond its quota, while another key is answered', async () => {
    await start(TIGHT);
    expect(await statuses(60, () => send(server))).toEqual({ [good]: 5, 429: 55 });
    expect(await statuses(5, () => send(other))).toEqual({ [good]: 5 });
    expect(edge.edge.status().refused).toEqual({ key: 55, address: 0, stranger: 0, streams: 0 });
  });

  it('is told honestly when to come back, in headers that programs read', async () => {
    await start(TIGHT);
    await statuses(5, () => send(server));
    const { status, headers } = await send(server);
    expect(status).toBe(429);
    expect(headers['ratelimit-policy']).toBe('"key";q=5;w=1');
    expect(headers['ratelimit']).toMatch(/^"key";r=0;t=\d+$/);
    expect(headers['retry-after']).toMatch(/^[1-9]\d?$/);
    clock += Number(headers['retry-after']) * 1_000;
    expect((await send(server)).status).toBe(good);
  });

  it('is bounded by a limit that the key has of its own, from the moment the edge hears of it', async () => {
    await start({ ...TIGHT, keyQuotas: KINDS_WIDE });
    expect(await statuses(10, () => send(limited))).toEqual({ [good]: 3, 429: 7 });
    clock += 1_000;
    history.publish(edge.log, limited.line({ rateLimit: 8 }), asEdge(limited).line({ rateLimit: 8 }));
    await expect.poll(() => edge.edge.status().environments[0]?.revision).toBe(2);
    expect(await statuses(20, () => send(limited))).toEqual({ [good]: 8, 429: 12 });
  });

  it('leaves requests of other kinds with the same key alone', async () => {
    await start(TIGHT);
    await statuses(20, () => send(server));
    const otherKinds = PLACES.filter((place) => place.send !== send && !(isOfrep({ name }) && isOfrep(place)));
    expect(otherKinds.length).toBeGreaterThanOrEqual(3);
    for (const place of otherKinds) expect((await place.send(server)).status).toBe(place.good);
  });
});

function isOfrep({ name }: Pick<Place, 'name'>): boolean {
  return name.startsWith('/ofrep');
}

describe('the answer to a request too many', () => {
  it('is a problem document at the native door', async () => {
    await start(TIGHT);
    await statuses(5, () => ask('GET', NATIVE_PATHS.ruleset, { key: server }));
    const answer: Answer = await edge.ask('GET', NATIVE_PATHS.ruleset, { key: server.text });
    expect(answer.status).toBe(429);
    expect(answer.headers['content-type']).toBe('application/problem+json');
    expect(answer.json).toMatchObject({ status: 429, code: 'too_many_requests' });
    expect(answer.json.detail).toContain('5 requests in 1 s');
  });

  it.each([SINGLE, BULK])('is what OFREP providers understand at %s', async (path) => {
    await start(TIGHT);
    await statuses(5, () => ask('POST', path, { key: client }));
    const headers = { origin: 'https://shop.example' };
    const answer = await edge.ask('POST', path, { key: client.text, body: {}, headers });
    expect(answer.status).toBe(429);
    expect(answer.headers['retry-after']).toBe('1');
    expect(answer.headers['content-type']).toBe('application/json');
    expect(answer.json).toMatchObject({ errorCode: 'GENERAL', ...(path === SINGLE ? { key: 'one' } : {}) });
    expect(answer.headers['access-control-allow-origin']).toBe('https://shop.example');
    expect(answer.headers['access-control-expose-headers']).toContain('retry-after');
  });
});

describe('an address', () => {
  it('that floods with a client key leaves server keys alone, and the client key elsewhere', async () => {
    await start({ addressQuota: tight });
    const bulk = (key: TestKey) => ask('POST', BULK, { key });
    expect(await statuses(30, () => bulk(client))).toEqual({ 200: 5, 429: 25 });
    expect(await statuses(30, () => bulk(server))).toEqual({ 200: 30 });
    const { headers } = await bulk(client);
    expect(headers['ratelimit-policy']).toBe('"address";q=5;w=1');
  });

  it.each([...Object.values(NATIVE_PATHS), BULK, SINGLE])(
    'that guesses keys at %s is refused and nobody is asked upstream any more, while genuine keys are answered',
    async (path) => {
      await start({ strangerQuota: { requests: 5, windowMs: 10_000 }, keyQuotas: KINDS_WIDE });
      const good = PLACES.find(({ name }) => name === path);
      await good?.send(server);
      const method = POSTED.has(path) || isOfrep({ name: path }) ? 'POST' : 'GET';
      const guesses = await statuses(30, () => ask(method, path, { key: mintKey('server').text }));
      expect(guesses).toEqual({ 401: 5, 429: 25 });
      expect((await good?.send(server))?.status).toBe(good?.good);
      // Nor are genuine ones that were not seen before: a broken program must not lock its neighbours out.
      expect((await good?.send(other))?.status).toBe(good?.good);
      expect(askedUpstream).toBe(5);
    },
  );

  it('that sends no key, asks for nothing that is here, or in a way that is not offered is refused beyond its quota', async () => {
    const wrong: readonly (readonly [string, string, number])[] = [
      ['POST', BULK, 401],
      ['GET', NATIVE_PATHS.ruleset, 401],
      ['GET', '/native/v1/nothing', 404],
      ['POST', '/ofrep/v9/nothing', 404],
      ['DELETE', BULK, 405],
      ['DELETE', NATIVE_PATHS.stream, 405],
    ];
    for (const [method, path, status] of wrong) {
      await start({ strangerQuota: tight });
      expect(await statuses(10, () => ask(method, path))).toEqual({ [status]: 5, 429: 5 });
      await edge.close();
    }
    await start();
  });

  it.each([NATIVE_PATHS.exposures, BULK])('that sends preflights to %s without end is refused', async (path) => {
    await start({ addressQuota: tight });
    const headers = { origin: 'https://shop.example', 'access-control-request-method': 'POST' };
    expect(await statuses(10, () => ask('OPTIONS', path, { headers }))).toEqual({ 204: 5, 429: 5 });
  });
});

it('addresses are counted in bounded space, however many there are', () => {
  let address = '';
  const asking = { addressOf: () => address, networkOf: () => address };
  const quotas = new Quotas({ limits: DEFAULT_LIMITS, now: () => 0, random: () => 0, address: asking });
  const request = {} as IncomingMessage;
  for (let i = 0; i < 100_000; i++) {
    address = `10.${i >> 16}.${(i >> 8) & 255}.${i & 255}`;
    quotas.ofAddress(request);
    quotas.ofStranger(request);
  }
  expect(quotas.addresses).toBe(2 * DEFAULT_LIMITS.countedAddresses);
});

describe('streams', () => {
  const open = (key: TestKey) => edge.stream(NATIVE_PATHS.stream, { authorization: `Bearer ${key.text}` });

  it('are admitted at a rate; above it the edge says when to come back, keeps the open ones and answers polls', async () => {
    await start({ streamQuota: { requests: 5, windowMs: 1_000 } });
    const opened = await Promise.all(Array.from({ length: 5 }, () => open(server)));
    expect(opened.map(({ response }) => response.statusCode)).toEqual([200, 200, 200, 200, 200]);
    const refused = await Promise.all(Array.from({ length: 20 }, () => open(other)));
    for (const { response } of refused) {
      expect(response.statusCode).toBe(503);
      // One second until there is a place again, and a random part of ten on top, so that not all come back at once.
      expect(response.headers['retry-after']).toBe('6');
      expect(response.headers['ratelimit-policy']).toBe('"streams";q=5;w=1');
    }
    expect(edge.edge.status().streams.open).toBe(5);
    const poll = await ask('GET', NATIVE_PATHS.ruleset, { key: other });
    expect(poll.status).toBe(200);
    const etag = String(poll.headers.etag);
    expect((await ask('GET', NATIVE_PATHS.ruleset, { key: other, headers: { 'if-none-match': etag } })).status).toBe(
      304,
    );
    history.publish(edge.log, flag('two'));
    await Promise.all(
      opened.map((stream) => stream.until(({ events }) => events.some(({ event }) => event === 'patch'))),
    );
    clock += 6_000;
    const late = await open(other);
    expect(late.response.statusCode).toBe(200);
    for (const stream of [...opened, ...refused, late]) stream.close();
  });

  it('of one key are bounded, and do not take the places of another', async () => {
    await start({ maxKeyStreams: 3 });
    const opened = await Promise.all(Array.from({ length: 3 }, () => open(server)));
    const more = await open(server);
    expect(more.response.statusCode).toBe(429);
    expect(Number(more.response.headers['retry-after'])).toBeGreaterThan(0);
    const foreign = await open(other);
    expect(foreign.response.statusCode).toBe(200);
    opened[0]?.close();
    await expect.poll(() => edge.edge.status().streams.open).toBe(3);
    const again = await open(server);
    expect(again.response.statusCode).toBe(200);
    for (const stream of [...opened, more, foreign, again]) stream.close();
  });
});
