import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { EdgeServer, until } from '../../../test-support/edge-server.ts';
import { flag, History, mintKey, segment } from '../../../test-support/history.ts';

const server = mintKey('server');
const client = mintKey('client');
const shop = mintKey('client', { origins: ['https://shop.example'] });
const relay = mintKey('relay');
const SINGLE = '/ofrep/v1/evaluate/flags/';
const BULK = '/ofrep/v1/evaluate/flags';

const FLAGS = [
  flag('bool', { clientVisible: true }),
  flag('string', { type: 'string', variants: { on: 'Grüße', off: '' } }),
  flag('int', { type: 'number', variants: { on: 42, off: 0 } }),
  flag('float', { type: 'number', variants: { on: 0.25, off: 0 } }),
  flag('object', { type: 'object', variants: { on: { a: [1, { b: null }] }, off: {} } }),
  flag('off', { enabled: false, clientVisible: true }),
  flag('code-default', {
    type: 'boolean',
    enabled: false,
    variants: { on: true },
    clientVisible: true,
    offVariant: undefined,
  } as never),
  flag('ruled', {
    clientVisible: true,
    rules: [
      {
        id: 'secret-rule',
        conditions: [{ attribute: 'company.plan', operator: 'in', values: ['gold'] }],
        serve: { variant: 'off' },
      },
    ],
  }),
  flag('split', {
    clientVisible: true,
    default: {
      rollout: {
        variants: [
          { variant: 'on', weight: 1 },
          { variant: 'off', weight: 1 },
        ],
        bucketing: { algorithm: 'murmur3/1' },
      },
    },
  }),
  flag('hidden-split', {
    clientVisible: true,
    rules: [
      {
        id: 'secret-rule',
        conditions: [{ segment: 'secret-segment', negate: true }],
        serve: {
          rollout: {
            variants: [{ variant: 'on', weight: 1 }],
            bucketing: { algorithm: 'murmur3/1', attribute: 'secret.attribute' },
          },
        },
      },
    ],
  }),
  segment('secret-segment', { included: ['somebody'] }),
];

let edge: EdgeServer;
let history: History;

beforeEach(async () => {
  edge = await EdgeServer.create();
  history = new History('env-1');
  history.change(...FLAGS, server.line(), client.line(), shop.line(), relay.line());
  history.publishCheckpoint(edge.log);
  await edge.edge.start();
});

afterEach(() => edge.close());

interface Queued {
  readonly batch: {
    readonly rows: readonly { flag: string; revision: number; variant: string; count: number }[];
  };
}

const single = (key: string, context?: unknown, more = {}) =>
  edge.ask('POST', `${SINGLE}${key}`, {
    key: server.text,
    ...(context === undefined ? {} : { body: { context } }),
    ...more,
  });
const bulk = (body: unknown, more = {}) => edge.ask('POST', BULK, { key: client.text, body, ...more });

describe('single evaluation', () => {
  it('answers every type of value', async () => {
    for (const [key, value] of [
      ['bool', true],
      ['string', 'Grüße'],
      ['int', 42],
      ['float', 0.25],
      ['object', { a: [1, { b: null }] }],
    ] as const) {
      const answer = await single(key, { targetingKey: 'u' });
      expect(answer.status).toBe(200);
      expect(answer.headers['content-type']).toBe('application/json');
      expect(answer.headers['flaghoist-revision']).toBe('1.1');
      expect(answer.json).toEqual({ key, value, reason: 'STATIC', variant: 'on' });
    }
  });

  it('sends value and variant of an off flag, and neither when it has no off variant', async () => {
    expect((await single('off')).json).toEqual({ key: 'off', value: false, reason: 'DISABLED', variant: 'off' });
    expect((await single('code-default')).text).toBe('{"key":"code-default","reason":"DISABLED"}');
  });

  it('evaluates rules and splits and says to a server key which rule decided', async () => {
    const gold = { targetingKey: 'u', company: { plan: 'gold' } };
    expect((await single('ruled', gold)).json).toEqual({
      key: 'ruled',
      value: false,
      reason: 'TARGETING_MATCH',
      variant: 'off',
      metadata: { rule: 'secret-rule' },
    });
    expect((await single('ruled', { targetingKey: 'u' })).json).toMatchObject({ reason: 'DEFAULT', variant: 'on' });
    expect((await single('split', { targetingKey: 'u' })).json).toMatchObject({ reason: 'SPLIT' });
  });

  it('answers 404 with key and code for a missing flag, slashes in its key included', async () => {
    for (const [path, key] of [
      ['nothing', 'nothing'],
      ['a/b', 'a/b'],
      ['a%2Fb', 'a/b'],
      ['%2525', '%25'],
      ['__proto__', '__proto__'],
    ]) {
      const answer = await single(path ?? '', {});
      expect(answer.status).toBe(404);
      expect(answer.json).toMatchObject({ key, errorCode: 'FLAG_NOT_FOUND', errorDetails: expect.any(String) });
    }
  });

  it('decodes the key exactly once', async () => {
    expect((await single('%62ool', {})).json).toMatchObject({ key: 'bool', value: true });
  });

  it('answers 400 for a key that is not percent-encoding', async () => {
    const answer = await single('%zz', {});
    expect(answer.status).toBe(400);
    expect(answer.json).toMatchObject({ key: '%zz', errorCode: 'PARSE_ERROR' });
  });

  it('answers 400 TARGETING_KEY_MISSING only where a split needs it', async () => {
    expect((await single('bool', {})).status).toBe(200);
    const answer = await single('split', {});
    expect(answer.status).toBe(400);
    expect(answer.json).toMatchObject({
      key: 'split',
      errorCode: 'TARGETING_KEY_MISSING',
      errorDetails: expect.any(String),
    });
  });

  it('answers 405 to other methods and 404 in JSON to unknown paths', async () => {
    const wrong = await edge.ask('GET', `${SINGLE}bool`, { key: server.text });
    expect(wrong.status).toBe(405);
    expect(wrong.headers.allow).toBe('POST, OPTIONS');
    expect(wrong.json).toMatchObject({ key: 'bool', errorCode: 'GENERAL' });
    for (const path of [
      '/ofrep/v1/configuration',
      '/ofrep/v2/evaluate/flags',
      '/ofrep/',
      '/ofrep/v1/evaluate/../flags',
    ]) {
      const unknown = await edge.ask('POST', path, { key: server.text });
      expect(unknown.status).toBe(404);
      expect(unknown.json).toMatchObject({ key: '', errorCode: 'GENERAL', errorDetails: expect.any(String) });
    }
  });
});

describe('keys', () => {
  it('are taken from both headers', async () => {
    expect((await edge.ask('POST', `${SINGLE}bool`, { headers: { 'x-api-key': server.text } })).status).toBe(200);
    expect(
      (await edge.ask('POST', `${SINGLE}bool`, { headers: { authorization: `bearer ${server.text}` } })).status,
    ).toBe(200);
  });

  it('are needed: 401 without one and with a wrong one, 403 for one of another kind', async () => {
    const none = await edge.ask('POST', `${SINGLE}bool`);
    expect(none.status).toBe(401);
    expect(none.json).toMatchObject({ key: 'bool', errorCode: 'GENERAL', errorDetails: expect.any(String) });
    expect((await edge.ask('POST', BULK)).json).not.toHaveProperty('key');
    expect((await single('bool', {}, { key: server.text.slice(0, -1) })).status).toBe(401);
    expect((await single('bool', {}, { key: mintKey('server').text })).status).toBe(401);
    expect((await single('bool', {}, { key: relay.text })).status).toBe(403);
  });

  it('of clients see only flags that are visible to clients, and never what decided', async () => {
    expect((await single('int', {}, { key: client.text })).json).toMatchObject({
      key: 'int',
      errorCode: 'FLAG_NOT_FOUND',
    });
    const { json, text } = await bulk({ context: { targetingKey: 'u', company: { plan: 'gold' } } });
    expect(json.flags.map((item: { key: string }) => item.key)).toEqual([
      'bool',
      'code-default',
      'hidden-split',
      'off',
      'ruled',
      'split',
    ]);
    expect(text).not.toContain('secret');
    const alone = await single('hidden-split', { targetingKey: 'u' }, { key: client.text });
    expect(alone.json).toMatchObject({ key: 'hidden-split', errorCode: 'TARGETING_KEY_MISSING' });
    expect(alone.text).not.toContain('secret');
    expect((await single('hidden-split', {})).text).toContain('secret.attribute');
  });

  it('that are revoked stop working with the next ruleset', async () => {
    expect((await bulk({})).status).toBe(200);
    history.publish(edge.log, client.line({ revoked: true }));
    await until(async () => (await bulk({})).status === 401);
  });
});

describe('bulk evaluation', () => {
  const context = { targetingKey: 'u', company: { plan: 'gold' } };

  it('answers all flags a server key may see, a failing one among good ones', async () => {
    const answer = await bulk({ context: {} }, { key: server.text });
    expect(answer.status).toBe(200);
    expect(answer.headers['cache-control']).toBe('private, no-cache');
    expect(answer.headers.vary).toBe('Origin, Authorization, X-API-Key');
    const items: { key: string }[] = answer.json.flags;
    expect(items).toHaveLength(FLAGS.length - 1);
    expect(items.find(({ key }) => key === 'split')).toMatchObject({ errorCode: 'TARGETING_KEY_MISSING' });
    expect(items.find(({ key }) => key === 'string')).toMatchObject({ value: 'Grüße' });
  });

  it('has no value: null and no other answer than single evaluation', async () => {
    const { json, text } = await bulk({ context }, { key: server.text });
    expect(text).not.toContain('"value":null');
    for (const item of json.flags) expect((await single(item.key, context)).json).toEqual(item);
  });

  it('accepts a trailing slash', async () => {
    expect((await edge.ask('POST', `${BULK}/`, { key: client.text })).json).toHaveProperty('flags');
  });

  it('counts what did not change each time, and forgets what it remembers of a context with the ruleset', async () => {
    const context = { targetingKey: 'u' };
    const tag = (await bulk({ context })).headers.etag ?? '';
    const again = () => bulk({ context }, { headers: { 'if-none-match': tag } });
    for (let i = 0; i < 3; i++) expect((await again()).status).toBe(304);
    history.publish(edge.log, flag('bool', { clientVisible: true, default: { variant: 'off' } }));
    await until(() => edge.edge.status().environments[0]?.revision === 2);
    const changed = await again();
    expect([changed.status, changed.headers.etag === tag]).toEqual([200, false]);
    expect(changed.json.flags).toContainEqual({ key: 'bool', value: false, reason: 'STATIC', variant: 'off' });
    await edge.edge.stop();
    const counts = new Map<string, number>();
    for (const item of edge.queue.items.values())
      for (const { flag: key, revision, variant, count } of (item as Queued).batch.rows)
        counts.set(`${key} ${revision} ${variant}`, (counts.get(`${key} ${revision} ${variant}`) ?? 0) + count);
    expect([counts.get('bool 1 on'), counts.get('bool 2 off')]).toEqual([4, 1]);
  });

  it('is 304 for the same answer, whatever a proxy did to the tag, and 200 for another context', async () => {
    const first = await bulk({ context });
    const tag = first.headers.etag ?? '';
    expect(tag).toMatch(/^"[\w-]{22}"$/);
    for (const known of [tag, `W/${tag}`, `"other", ${tag}`]) {
      const again = await bulk({ context }, { headers: { 'if-none-match': known } });
      expect(again.status).toBe(304);
      expect(again.text).toBe('');
      expect(again.headers.etag).toBe(tag);
    }
    const other = await bulk({ context: { targetingKey: 'u' } }, { headers: { 'if-none-match': tag } });
    expect(other.status).toBe(200);
    expect(other.headers.etag).not.toBe(tag);
  });

  it('keeps its tag over a change that this key does not see, and loses it with one that it does', async () => {
    const first = await bulk({ context });
    const tag = first.headers.etag ?? '';
    history.publish(edge.log, flag('int', { type: 'number', variants: { on: 43, off: 0 } }));
    await until(() => edge.edge.status().environments[0]?.revision === 2);
    const unseen = await bulk({ context }, { headers: { 'if-none-match': tag } });
    expect([unseen.status, unseen.headers['flaghoist-revision']]).toEqual([304, '1.2']);
    history.publish(edge.log, flag('bool', { clientVisible: true, enabled: false }));
    await until(() => edge.edge.status().environments[0]?.revision === 3);
    expect((await bulk({ context }, { headers: { 'if-none-match': tag } })).status).toBe(200);
  });

  it('refuses a whole request without a key member', async () => {
    const answer = await edge.ask('POST', BULK, { key: client.text, raw: '{' });
    expect(answer.status).toBe(400);
    expect(answer.json).toEqual({ errorCode: 'INVALID_CONTEXT', errorDetails: expect.any(String) });
  });
});

describe('browsers', () => {
  const origin = 'https://shop.example';

  it('may use a client key from its origins and from no other', async () => {
    const good = await bulk({}, { key: shop.text, headers: { origin } });
    expect(good.status).toBe(200);
    expect(good.headers['access-control-allow-origin']).toBe(origin);
    expect(good.headers['access-control-expose-headers']).toBe(
      'etag, retry-after, ratelimit, ratelimit-policy, flaghoist-revision',
    );
    const bad = await bulk({}, { key: shop.text, headers: { origin: 'https://evil.example' } });
    expect(bad.status).toBe(403);
    expect(bad.headers).not.toHaveProperty('access-control-allow-origin');
    expect((await bulk({}, { headers: { origin: 'https://any.example' } })).status).toBe(200);
  });

  it('may not use a server key', async () => {
    const answer = await bulk({}, { key: server.text, headers: { origin } });
    expect(answer.status).toBe(403);
    expect(answer.json.errorDetails).toContain('browser');
  });

  it('get a preflight only for origins that some client key allows', async () => {
    const preflight = (from: string) =>
      edge.ask('OPTIONS', BULK, {
        headers: {
          origin: from,
          'access-control-request-method': 'POST',
          'access-control-request-headers': 'x-custom',
        },
      });
    const open = await preflight('https://any.example');
    expect(open.status).toBe(204);
    expect(open.headers['access-control-allow-origin']).toBe('https://any.example');
    expect(open.headers['access-control-allow-methods']).toBe('POST, OPTIONS');
    expect(open.headers['access-control-allow-headers']).toBe(
      'content-type, authorization, x-api-key, if-none-match, x-custom',
    );
    history.publish(edge.log, client.line({ revoked: true }));
    await until(
      async () => (await preflight('https://any.example')).headers['access-control-allow-origin'] === undefined,
    );
    expect((await preflight(origin)).headers['access-control-allow-origin']).toBe(origin);
  });
});

describe('counting', () => {
  it('sends what was evaluated to the queue, once each, and nothing about flags that do not exist', async () => {
    await single('bool', {});
    await single('bool', {});
    await single('nothing', {});
    await bulk({ context: { targetingKey: 'u' } });
    await until(() => edge.queue.items.size > 0);
    const batches = [...edge.queue.items.values()] as {
      environment: string;
      batch: { sdk: string; rows: { flag: string; count: number }[] };
    }[];
    expect(new Set(batches.map(({ environment }) => environment))).toEqual(new Set(['env-1']));
    const counts = new Map<string, number>();
    for (const { batch } of batches) {
      expect(batch.sdk).toBe('ofrep/1');
      for (const { flag, count } of batch.rows) counts.set(flag, (counts.get(flag) ?? 0) + count);
    }
    expect(counts.get('bool')).toBe(3);
    expect(counts.get('split')).toBe(1);
    expect(counts.has('nothing')).toBe(false);
    expect(counts.has('int')).toBe(false);
  });
});

describe('before any ruleset is loaded', () => {
  it('answers 503 with Retry-After, never 401', async () => {
    const cold = await EdgeServer.create();
    for (const key of [server.text, 'nonsense', undefined]) {
      const answer = await cold.ask('POST', `${SINGLE}bool`, key === undefined ? {} : { key });
      expect(answer.status).toBe(503);
      expect(answer.headers['retry-after']).toBe('1');
      expect(answer.json).toMatchObject({ key: 'bool', errorCode: 'GENERAL' });
    }
    await cold.close();
  });
});
