import { describe, expect, it } from 'vitest';
import { createTransport } from './transport.ts';

const problem = (status: number, code: string) => () =>
  new Response(JSON.stringify({ type: 'about:blank', title: 'x', status, code, detail: 'x' }), { status });
const ok = () => new Response('{}', { status: 200 });
const nothing = (): Response => {
  throw new TypeError('fetch failed');
};

function stage(
  answers: readonly (() => Response)[],
  csrf: { current: string | null; renewed?: string } = { current: 'first' },
) {
  const sent: Request[] = [];
  const waits: number[] = [];
  let unauthenticated = 0;
  let forbidden = 0;
  let ids = 0;
  const clock = { now: 0 };
  const send = createTransport({
    async fetch(request) {
      sent.push(request);
      const next = answers[sent.length - 1] ?? answers.at(-1);
      if (next === undefined) throw new Error('no answer is left');
      return next();
    },
    sleep: async (ms) => void waits.push(ms),
    random: () => 0.5,
    newId: () => `id-${(ids += 1)}`,
    now: () => clock.now,
    csrf: () => csrf.current,
    async renewCsrf() {
      csrf.current = csrf.renewed ?? null;
      return csrf.current;
    },
    onUnauthenticated: () => {
      unauthenticated += 1;
    },
    onForbidden: () => {
      forbidden += 1;
    },
  });
  return { send, sent, waits, clock, unauthenticated: () => unauthenticated, forbidden: () => forbidden };
}

const write = () => new Request('http://flags.test/api/v1/projects', { method: 'POST', body: '{"key":"shop"}' });
const read = () => new Request('http://flags.test/api/v1/projects');
const header = (requests: readonly Request[], name: string) => requests.map((request) => request.headers.get(name));

describe('a write', () => {
  it('carries the session’s csrf text and a key of its own', async () => {
    const { send, sent } = stage([ok]);
    await send(write());
    await send(write());
    expect(header(sent, 'flaghoist-csrf')).toEqual(['first', 'first']);
    expect(header(sent, 'idempotency-key')).toEqual(['id-1', 'id-2']);
  });

  it.each([
    ['no answer comes', nothing],
    ['the outcome is not known', problem(503, 'outcome_unknown')],
  ])('is sent again with the same key and body when %s, later each time', async (_, failing) => {
    const { send, sent, waits } = stage([failing, failing, ok]);
    expect((await send(write())).status).toBe(200);
    expect(header(sent, 'idempotency-key')).toEqual(['id-1', 'id-1', 'id-1']);
    expect(await Promise.all(sent.map((request) => request.text()))).toEqual(
      Array.from({ length: 3 }, () => '{"key":"shop"}'),
    );
    expect(waits).toEqual([400, 800]);
  });

  it('is given up after three more tries', async () => {
    const lost = stage([nothing]);
    await expect(lost.send(write())).rejects.toMatchObject({ code: 'offline', status: 0 });
    expect(lost.sent).toHaveLength(4);
    const unknown = stage([problem(503, 'outcome_unknown')]);
    expect((await unknown.send(write())).status).toBe(503);
    expect(unknown.sent).toHaveLength(4);
  });

  it.each([
    ['no answer ever came', nothing],
    ['its outcome stayed unknown', problem(503, 'outcome_unknown')],
  ])(
    'that is sent again by hand after %s has the same key, and another one once that is answered',
    async (_, failing) => {
      const { send, sent } = stage([failing, failing, failing, failing, ok, ok]);
      await send(write()).catch(() => undefined);
      const other = new Request('http://flags.test/api/v1/projects', { method: 'POST', body: '{"key":"other"}' });
      expect((await send(write())).status).toBe(200);
      expect((await send(write())).status).toBe(200);
      await send(other);
      expect(header(sent, 'idempotency-key')).toEqual(['id-1', 'id-1', 'id-1', 'id-1', 'id-1', 'id-2', 'id-3']);
    },
  );

  it('that is edited after its outcome stayed unknown is another one', async () => {
    const { send, sent } = stage([nothing, nothing, nothing, nothing, ok]);
    await send(write()).catch(() => undefined);
    await send(new Request(write().url, { method: 'POST', body: '{"key":"shop2"}' }));
    expect(header(sent, 'idempotency-key').at(-1)).toBe('id-2');
  });

  it.each([
    ['a refusal', problem(412, 'precondition_failed')],
    ['another 503', problem(503, 'unavailable')],
  ])('is not sent again after %s', async (_, refused) => {
    const { send, sent } = stage([refused]);
    await send(write());
    expect(sent).toHaveLength(1);
  });

  it('takes up the session of another tab once, with the same key', async () => {
    const { send, sent } = stage([problem(403, 'csrf_failed'), ok], { current: 'old', renewed: 'new' });
    expect((await send(write())).status).toBe(200);
    expect(header(sent, 'flaghoist-csrf')).toEqual(['old', 'new']);
    expect(header(sent, 'idempotency-key')).toEqual(['id-1', 'id-1']);
    const refused = stage([problem(403, 'csrf_failed')], { current: 'old', renewed: 'new' });
    expect((await refused.send(write())).status).toBe(403);
    expect(refused.sent).toHaveLength(2);
  });
});

const unconfirmed = (word: string) => () =>
  new Response(
    JSON.stringify({
      type: 'about:blank',
      title: 'x',
      status: 409,
      code: 'confirmation_needed',
      detail: 'Send the header.',
      errors: [{ path: 'header.flaghoist-confirm', code: word, message: 'It removes 3 of 10 flags.' }],
    }),
    { status: 409 },
  );

describe('a write that has to be confirmed', () => {
  it('is confirmed by sending it once more, whatever else is sent between', async () => {
    const { send, sent } = stage([unconfirmed('shrink'), ok, unconfirmed('growth'), ok, ok]);
    const other = () => new Request('http://flags.test/api/v1/projects', { method: 'POST', body: '{"key":"other"}' });
    expect((await send(write())).status).toBe(409);
    await send(other());
    await send(write());
    await send(write());
    expect(header(sent, 'flaghoist-confirm')).toEqual([null, null, 'shrink', 'shrink, growth']);
    expect(new Set(header(sent, 'idempotency-key')).size).toBe(4);
  });

  it('is asked about anew after two minutes', async () => {
    const { send, sent, clock } = stage([unconfirmed('shrink'), ok]);
    await send(write());
    clock.now += 120_001;
    await send(write());
    expect(header(sent, 'flaghoist-confirm')).toEqual([null, null]);
  });
});

describe('a read', () => {
  it('is sent once, bare', async () => {
    const { send, sent } = stage([nothing]);
    await expect(send(read())).rejects.toMatchObject({ code: 'offline' });
    expect(header(sent, 'idempotency-key')).toEqual([null]);
    expect(header(sent, 'flaghoist-csrf')).toEqual([null]);
  });

  it('tells when the server no longer knows who asks', async () => {
    const { send, unauthenticated } = stage([problem(401, 'unauthenticated')]);
    expect((await send(read())).status).toBe(401);
    expect(unauthenticated()).toBe(1);
  });
});

describe('a refusal for want of rights', () => {
  it.each([
    ['a write', write],
    ['a read', read],
  ])('of %s is told once, and its body is left to be read', async (_, request) => {
    const { send, sent, forbidden } = stage([problem(403, 'forbidden')]);
    const refused = await send(request());
    expect(await refused.json()).toMatchObject({ code: 'forbidden' });
    expect([sent.length, forbidden()]).toEqual([1, 1]);
  });

  it.each([
    ['a wrong password', problem(403, 'password_wrong')],
    ['the csrf text of another session', problem(403, 'csrf_failed')],
    ['a proxy', () => new Response('<h1>Forbidden</h1>', { status: 403 })],
    ['nobody being signed in', problem(401, 'unauthenticated')],
    ['success', ok],
  ])('is not what %s is', async (_, answered) => {
    const { send, forbidden } = stage([answered]);
    await send(write());
    expect(forbidden()).toBe(0);
  });
});
