import type { IncomingMessage } from 'node:http';
import type { KeyKind } from '@flaghoist/protocol/keys';
import { mintSecret } from '@flaghoist/protocol/keys';
import { sha256 } from '@flaghoist/runtime/crypto';
import { randomBytes } from 'node:crypto';
import { beforeEach, describe, expect, it } from 'vitest';
import { entity, mintKey } from '../../test-support/history.ts';
import { AccessIndex } from './access-index.ts';
import { Confirmation } from './confirmation.ts';
import { Credentials } from './credentials.ts';

const ALL: ReadonlySet<KeyKind> = new Set<KeyKind>(['server', 'client', 'relay']);
const SERVER: ReadonlySet<KeyKind> = new Set<KeyKind>(['server']);

let clock: number;
let index: AccessIndex;
let hashed: number;
let asked: string[];
let upstream: (id: string) => Promise<'known' | 'unknown'>;
let loaded: boolean;
let admitted: string[];
let credentials: Credentials;

beforeEach(() => {
  clock = 1_000_000;
  index = new AccessIndex();
  hashed = 0;
  asked = [];
  upstream = () => Promise.resolve('unknown');
  loaded = true;
  admitted = [];
  credentials = new Credentials({
    index,
    confirmation: new Confirmation({
      confirmKey: (id) => {
        asked.push(id);
        return upstream(id);
      },
      arrival: (id) => index.arrival(id),
      now: () => clock,
      deadlineMs: 20,
      concurrency: 10,
      unknownMs: 2_000,
      unknownIds: 3,
    }),
    sha256: (text) => {
      hashed++;
      return sha256(text);
    },
    now: () => clock,
    recognisedKeys: 2,
    anyLoaded: () => loaded,
    isLoaded: (environment) => environment !== 'not-here',
    ofUnknown: () => null,
    onAdmitted: (id) => admitted.push(id),
  });
});

const bearing = (key: string, more = {}) =>
  ({ headers: { authorization: `Bearer ${key}`, ...more } }) as unknown as IncomingMessage;
const check = async (key: string, more = {}, kinds = ALL, environment: string | null = null) =>
  credentials.check(bearing(key, more), kinds, environment);

describe('a key', () => {
  it('opens its environment and is hashed once', async () => {
    const key = mintKey('server');
    index.apply('env-1', [key.line()]);
    expect(await check(key.text)).toMatchObject({ ok: true, environment: 'env-1', entry: { id: key.id } });
    const before = hashed;
    for (let i = 0; i < 10; i++) await check(key.text);
    expect(hashed).toBe(before);
    expect(asked).toEqual([]);
  });

  it('is told of once for each request that it admits, and never when it does not', async () => {
    const key = mintKey('server');
    index.apply('env-1', [key.line()]);
    for (let i = 0; i < 3; i++) await check(key.text);
    expect(admitted).toEqual([key.id, key.id, key.id]);
    await check(mintKey('server').text);
    await check(key.text, { origin: 'https://shop.example' });
    await check(key.text, {}, new Set(['client'] as const));
    await check(key.text, {}, ALL, 'env-2');
    index.apply('env-1', [key.line({ revoked: true })]);
    await check(key.text);
    expect(admitted).toHaveLength(3);
  });

  it('is checked anew after its record changed', async () => {
    const key = mintKey('server');
    index.apply('env-1', [key.line()]);
    await check(key.text);
    index.apply('env-1', [key.line({ sha256: sha256('another secret') })]);
    expect(await check(key.text)).toMatchObject({ status: 401, code: 'key_unknown' });
    index.apply('env-1', [key.line({ revoked: true })]);
    expect(await check(key.text)).toMatchObject({ status: 401, code: 'key_revoked' });
    index.apply('env-1', [key.line({ expiresAt: clock / 1000 })]);
    expect(await check(key.text)).toMatchObject({ status: 401, code: 'key_expired' });
    index.apply('env-1', [key.line({ expiresAt: clock / 1000 + 1 })]);
    expect(await check(key.text)).toMatchObject({ ok: true });
  });

  it('with the id of another is wrong, without asking anybody', async () => {
    const key = mintKey('server');
    const secret = mintSecret('server', randomBytes(40), sha256);
    index.apply('env-1', [entity('key', secret.id, { ...key.access, id: secret.id })]);
    expect(await check(secret.text)).toMatchObject({ status: 401, code: 'key_unknown' });
    expect(asked).toEqual([]);
  });

  it('that is cut, changed or of the management API is malformed', async () => {
    const { text } = mintKey('server');
    const token = mintSecret('token', randomBytes(40), sha256).text;
    for (const wrong of ['', 'x', text.slice(1), `${text}x`, text.toUpperCase(), text.replace('fhs_', 'fhc_'), token])
      expect(await check(wrong)).toMatchObject({ status: 401, code: 'key_malformed' });
    expect(asked).toEqual([]);
  });

  it('of the wrong kind is 403, unless it is wrong altogether', async () => {
    const key = mintKey('client');
    index.apply('env-1', [key.line()]);
    expect(await check(key.text, {}, SERVER)).toMatchObject({ status: 403, code: 'key_kind' });
    index.apply('env-1', [key.line({ revoked: true })]);
    expect(await check(key.text, {}, SERVER)).toMatchObject({ status: 401 });
  });

  it('is never known before anything is loaded', async () => {
    loaded = false;
    expect(await check('nonsense')).toMatchObject({ status: 503 });
    expect(await credentials.check({ headers: {} } as IncomingMessage, ALL, null)).toMatchObject({ status: 503 });
  });

  it('never stands in an answer', async () => {
    const key = mintKey('server');
    for (const answer of [await check(key.text), await check(`${key.text}x`)])
      expect(JSON.stringify(answer)).not.toContain(key.text.slice(15, 40));
  });
});

describe('a relay key', () => {
  it('opens each of its environments by name', async () => {
    const key = mintKey('relay');
    index.apply('env-1', [key.line()]);
    index.apply('env-2', [key.line()]);
    expect(await check(key.text, {}, ALL, 'env-2')).toMatchObject({ ok: true, environment: 'env-2' });
    expect(await check(key.text)).toMatchObject({ status: 400, code: 'environment_missing' });
    expect(await check(key.text, {}, ALL, 'env-3')).toMatchObject({ status: 403 });
    expect(await check(key.text, {}, ALL, 'not-here')).toMatchObject({ status: 503 });
    index.apply('env-2', [entity('key', key.id, null)]);
    expect(await check(key.text, {}, ALL, 'env-2')).toMatchObject({ status: 403 });
  });

  it('that one environment calls revoked is revoked in all', async () => {
    const key = mintKey('relay');
    index.apply('env-1', [key.line()]);
    index.apply('env-2', [key.line({ revoked: true })]);
    expect(await check(key.text, {}, ALL, 'env-1')).toMatchObject({ status: 401, code: 'key_revoked' });
  });
});

describe('an unknown key', () => {
  it('is 401 when upstream does not know it, which is remembered for two seconds', async () => {
    const { text } = mintKey('server');
    expect(await check(text)).toMatchObject({ status: 401, code: 'key_unknown' });
    await check(text);
    expect(asked).toHaveLength(1);
    clock += 2_000;
    await check(text);
    expect(asked).toHaveLength(2);
  });

  it('is 503 when upstream knows it, fails or is too slow', async () => {
    const { text } = mintKey('server');
    const slow = (): Promise<'unknown'> => new Promise((resolve) => setTimeout(() => resolve('unknown'), 200));
    for (const answer of [() => Promise.resolve('known' as const), () => Promise.reject(new Error('down')), slow]) {
      upstream = answer;
      expect(await check(text)).toMatchObject({ status: 503, code: 'key_unconfirmed' });
    }
    expect(asked).toHaveLength(3);
  });

  it('that exists is admitted as soon as its environment brings it, which is waited for', async () => {
    const key = mintKey('server');
    upstream = () => {
      setTimeout(() => index.apply('env-1', [key.line()]), 1);
      return Promise.resolve('known');
    };
    loaded = false;
    const [first, second] = [check(key.text), check(key.text)];
    expect(await first).toMatchObject({ ok: true, environment: 'env-1' });
    expect(await second).toMatchObject({ ok: true });
    expect(asked).toHaveLength(1);
    index.apply('env-1', [entity('key', key.id, null)]);
    upstream = () => {
      setTimeout(() => index.apply('env-1', [key.line({ revoked: true })]), 1);
      return Promise.resolve('known');
    };
    expect(await check(key.text)).toMatchObject({ status: 401, code: 'key_revoked' });
  });

  it('is 503 without a question when ten are being asked, and asked about once at a time', async () => {
    let release: (answer: 'unknown') => void = () => undefined;
    const held = new Promise<'unknown'>((resolve) => {
      release = resolve;
    });
    upstream = () => held;
    const keys = Array.from({ length: 11 }, () => mintKey('server').text);
    const answers = [...keys, keys[0] ?? ''].map((text) => check(text));
    expect(await answers[10]).toMatchObject({ status: 503 });
    expect(asked).toHaveLength(10);
    release('unknown');
    expect(await answers[0]).toMatchObject({ status: 401 });
    expect(await answers[11]).toMatchObject({ status: 401 });
  });

  it('is remembered for a bounded number of ids, the oldest forgotten first', async () => {
    const keys = Array.from({ length: 4 }, () => mintKey('server').text);
    for (const text of keys) await check(text);
    await check(keys[3] ?? '');
    await check(keys[1] ?? '');
    expect(asked).toHaveLength(4);
    await check(keys[0] ?? '');
    expect(asked).toHaveLength(5);
  });

  it('is what a record that cannot be read makes of its key: 503, never 401', async () => {
    upstream = () => Promise.resolve('known');
    const key = mintKey('server');
    for (const record of [
      {},
      [],
      7,
      { ...key.access, kind: 'other' },
      { ...key.access, origins: 'x' },
      { ...key.access, id: 'x' },
    ]) {
      index.apply('env-1', [entity('key', key.id, record)]);
      expect(await check(key.text)).toMatchObject({ status: 503 });
    }
  });
});
