import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type ManagementServer, page, problem, startManagementServer } from '../../test-support/management-server.ts';
import { createExchange, type ExchangeResult } from './exchange.ts';
import { createManagementClient, type ManagementClientOptions } from './management-client.ts';

let server: ManagementServer;
let sleeps: number[];

beforeEach(async () => {
  server = await startManagementServer();
  sleeps = [];
});
afterEach(() => server.close());

function client(options: Partial<ManagementClientOptions> = {}) {
  let uuids = 0;
  return createManagementClient({
    url: server.url,
    token: 'fht_test',
    userAgent: 'test/1',
    exchange: createExchange(),
    random: () => 0.5,
    now: () => sleeps.reduce((sum, slept) => sum + slept, 0),
    randomUuid: () => `uuid-number-${(uuids += 1)}`,
    sleep: async (milliseconds) => void sleeps.push(milliseconds),
    ...options,
  });
}

const project = { key: 'shop' };
const create = { method: 'POST', path: '/projects', body: project } as const;
const keysSent = () => server.requests.map(({ headers }) => headers['idempotency-key']);

describe('a read', () => {
  it('sends the token and gives back body and ETag', async () => {
    server.answer('GET /projects/shop', { body: project, headers: { etag: '"7"' } });
    const reply = await client().read('Project', '/projects/shop');
    expect(reply).toEqual({ ok: true, value: { body: project, etag: '"7"' } });
    expect(server.requests[0]?.headers).toMatchObject({ authorization: 'Bearer fht_test', 'user-agent': 'test/1' });
    expect(server.requests[0]?.headers['idempotency-key']).toBeUndefined();
  });

  it('keeps a path prefix of the address', async () => {
    const asked: string[] = [];
    const spy = async ({ url }: { url: string }): Promise<ExchangeResult> => {
      asked.push(url);
      return { ok: true, answer: { status: 200, headers: {}, body: '{}' } };
    };
    await client({ url: 'https://example.org/flags', exchange: spy }).read('Status', '/status');
    expect(asked).toEqual(['https://example.org/flags/api/v1/status']);
  });

  it('is not repeated when the connection is cut, and nothing is unknown about it', async () => {
    server.answer('GET /status', 'cut');
    expect(await client().read('Status', '/status')).toMatchObject({ ok: false, refusal: { kind: 'unreachable' } });
    expect(server.requests).toHaveLength(1);
  });

  it('waits once for an overloaded server that says how long', async () => {
    const overloaded = { ...problem(503, 'overloaded', 'Too much.'), headers: { 'retry-after': '2' } };
    server.answer('GET /status', overloaded, { body: { version: '1' } });
    expect(await client().read('Status', '/status')).toMatchObject({ ok: true, value: { body: { version: '1' } } });
    expect(sleeps).toEqual([2_250]);
  });

  it('does not wait for a pause that is too long, and does not wait twice', async () => {
    server.answer('GET /status', { ...problem(503, 'overloaded', 'Too much.'), headers: { 'retry-after': '60' } });
    expect(await client().read('Status', '/status')).toMatchObject({ refusal: { problem: { code: 'overloaded' } } });
    server.answer('GET /status', { ...problem(429, 'overloaded', 'Too much.'), headers: { 'retry-after': '1' } });
    expect(await client().read('Status', '/status')).toMatchObject({ refusal: { problem: { code: 'overloaded' } } });
    expect(server.requests).toHaveLength(3);
  });
});

describe('an answer that is not of the management API', () => {
  it.each([
    ['a page of HTML', { body: '<html>', status: 200 }, 'no Project'],
    ['a list', { body: [] }, 'no Project'],
    ['a failure without a problem document', { status: 502, body: '<html>' }, 'not a problem document'],
    ['JSON that is no problem document', { status: 404, body: { message: 'no' } }, 'not a problem document'],
    ['a redirect', { status: 301, headers: { location: 'https://x/' }, body: '' }, 'https://x/'],
  ])('is called so: %s', async (_what, reply, message) => {
    server.answer('GET /projects/shop', reply);
    const outcome = await client().read('Project', '/projects/shop');
    expect(outcome).toMatchObject({
      ok: false,
      refusal: { kind: 'foreign', message: expect.stringContaining(message) },
    });
    expect(server.requests).toHaveLength(1);
  });
});

describe('a list', () => {
  it('is read page by page', async () => {
    server.answer('GET /projects', page([{ key: 'a' }], 'cursor 1'), page([{ key: 'b' }], 'c2'), page([{ key: 'c' }]));
    const projects = await client().readAll('Project', '/projects', { tag: 'x y', none: undefined });
    expect(projects).toEqual({ ok: true, value: [{ key: 'a' }, { key: 'b' }, { key: 'c' }] });
    expect(server.requests.map(({ query }) => Object.fromEntries(query))).toEqual([
      { tag: 'x y', limit: '500' },
      { tag: 'x y', limit: '500', cursor: 'cursor 1' },
      { tag: 'x y', limit: '500', cursor: 'c2' },
    ]);
  });

  it('stops at the number that was asked for', async () => {
    server.answer('GET /projects', page([1, 2], 'a'), page([3, 4], 'b'), page([5]));
    expect(await client().readAll('Project', '/projects', {}, 3)).toEqual({ ok: true, value: [1, 2, 3] });
    expect(server.requests.map(({ query }) => query.get('limit'))).toEqual(['3', '1']);
  });

  it('is given up when a page names itself as the next one', async () => {
    server.answer('GET /projects', page([1], 'same'));
    const outcome = await client().readAll('Project', '/projects');
    expect(outcome).toMatchObject({
      ok: false,
      refusal: { kind: 'foreign', message: expect.stringContaining('never ends') },
    });
    expect(server.requests).toHaveLength(2);
  });

  it('fails as a whole when a later page fails', async () => {
    server.answer('GET /projects', page([1], 'a'), problem(403, 'forbidden', 'No.'));
    expect(await client().readAll('Project', '/projects')).toMatchObject({
      refusal: { problem: { code: 'forbidden' } },
    });
  });
});

describe('a write', () => {
  it('carries an idempotency key, the reason in percent-encoding and the ETag', async () => {
    server.answer('PATCH /projects/shop', {
      body: project,
      headers: { etag: '"8"', 'flaghoist-revision': 'staging=1.7, production=2.43' },
    });
    const outcome = await client().write('Project', {
      method: 'PATCH',
      path: '/projects/shop',
      body: { name: 'Shöp' },
      ifMatch: '"7"',
      reason: 'größer, "schneller"\n✓',
    });
    expect(outcome).toEqual({
      ok: true,
      value: {
        body: project,
        etag: '"8"',
        revisions: [
          { environment: 'staging', epoch: 1, revision: 7 },
          { environment: 'production', epoch: 2, revision: 43 },
        ],
      },
    });
    const [request] = server.requests;
    expect(request?.headers).toMatchObject({
      'if-match': '"7"',
      'idempotency-key': 'uuid-number-1',
      'content-type': 'application/json',
    });
    expect(decodeURIComponent(String(request?.headers['flaghoist-reason']))).toBe('größer, "schneller"\n✓');
    expect(request?.body).toEqual({ name: 'Shöp' });
  });

  it('has another idempotency key than the one before', async () => {
    server.answer('POST /projects', { status: 201, body: project });
    const one = client();
    await one.write('Project', create);
    await one.write('Project', create);
    expect(keysSent()).toEqual(['uuid-number-1', 'uuid-number-2']);
  });

  it('is repeated with the same idempotency key and body when the connection is cut', async () => {
    server.answer('POST /projects', 'cut', { status: 201, body: project });
    expect(await client().write('Project', create)).toMatchObject({ ok: true, value: { body: project } });
    expect(keysSent()).toEqual(['uuid-number-1', 'uuid-number-1']);
    expect(server.requests.map(({ body }) => body)).toEqual([project, project]);
    expect(sleeps).toEqual([250]);
  });

  it('has an unknown outcome when all five attempts are cut, each later than the one before', async () => {
    server.answer('POST /projects', 'cut');
    expect(await client().write('Project', create)).toMatchObject({ ok: false, refusal: { kind: 'outcomeUnknown' } });
    expect(new Set(keysSent())).toEqual(new Set(['uuid-number-1']));
    expect(server.requests).toHaveLength(5);
    expect(sleeps).toEqual([250, 500, 1_000, 2_000]);
  });

  it('is repeated until the server knows the outcome, as long as its budget lasts', async () => {
    const unknown = { ...problem(503, 'outcome_unknown', 'Ask again.'), headers: { 'retry-after': '2' } };
    server.answer('POST /projects', unknown, unknown, unknown, { status: 201, body: project });
    expect(await client().write('Project', create)).toMatchObject({ ok: true, value: { body: project } });
    expect(new Set(keysSent()).size).toBe(1);
    expect(sleeps).toEqual([2_250, 2_250, 2_250]);
    const slow = { sleep: async () => void sleeps.push(40_000) };
    server.answer('POST /projects', unknown);
    expect(await client(slow).write('Project', create)).toMatchObject({
      refusal: { problem: { code: 'outcome_unknown' } },
    });
    expect(server.requests).toHaveLength(6);
  });

  it('was not done when nothing listens', async () => {
    await server.close();
    expect(await client().write('Project', create)).toMatchObject({
      ok: false,
      refusal: { kind: 'unreachable', message: expect.stringContaining('ECONNREFUSED') },
    });
  });

  it('has an unknown outcome when it was sent and the server is gone afterwards', async () => {
    const results: ExchangeResult[] = [
      { ok: false, sent: true, message: 'cut' },
      { ok: false, sent: false, message: 'refused' },
    ];
    const outcome = await client({ exchange: async () => (results.length > 1 ? results.shift() : results[0])! }).write(
      'Project',
      create,
    );
    expect(outcome).toEqual({ ok: false, refusal: { kind: 'outcomeUnknown', url: server.url, message: 'refused' } });
  });

  it('is repeated when the server itself does not know the outcome', async () => {
    server.answer('POST /projects', problem(503, 'outcome_unknown', 'Ask again.'), { status: 201, body: project });
    expect(await client().write('Project', create)).toMatchObject({ ok: true });
    expect(keysSent()).toEqual(['uuid-number-1', 'uuid-number-1']);
  });

  it('is not repeated when it is refused', async () => {
    server.answer('POST /projects', problem(409, 'already_exists', 'There is one.'));
    expect(await client().write('Project', create)).toMatchObject({ refusal: { status: 409, kind: 'problem' } });
    expect(server.requests).toHaveLength(1);
  });
});
