import type { IncomingMessage } from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { EdgeServer, readAnswer } from '../../../test-support/edge-server.ts';
import { flag, History, mintKey } from '../../../test-support/history.ts';

const server = mintKey('server');
const SINGLE = '/ofrep/v1/evaluate/flags/';
const BULK = '/ofrep/v1/evaluate/flags';

let edge: EdgeServer;

beforeEach(async () => {
  edge = await EdgeServer.create();
  const history = new History('env-1');
  const rule = {
    id: 'gold',
    conditions: [{ attribute: 'company.plan', operator: 'in', values: ['gold'] }],
    serve: { variant: 'off' },
  } as const;
  history.change(flag('bool'), flag('ruled', { rules: [rule] }), server.line());
  history.publishCheckpoint(edge.log);
  await edge.edge.start();
});

afterEach(() => edge.close());

const single = (key: string, context: unknown, more = {}) =>
  edge.ask('POST', `${SINGLE}${key}`, { key: server.text, body: { context }, ...more });

describe('the context of a request', () => {
  it('takes no body, an empty object, no context and null for an empty context', async () => {
    for (const raw of [undefined, '', '{}', '{"context":null}', 'null', '{"context":{}}']) {
      const answer = await edge.ask('POST', `${SINGLE}bool`, {
        key: server.text,
        ...(raw === undefined ? {} : { raw }),
      });
      expect([raw, answer.status]).toEqual([raw, 200]);
    }
  });

  it('answers 400 INVALID_CONTEXT for bad JSON and for a context that is not an object', async () => {
    for (const raw of [
      '{',
      'nonsense',
      '[]',
      '"x"',
      '7',
      '{"context":[]}',
      '{"context":"x"}',
      '{"context":7}',
      '{"context":true}',
    ]) {
      const answer = await edge.ask('POST', `${SINGLE}bool`, { key: server.text, raw });
      expect([raw, answer.status]).toEqual([raw, 400]);
      expect(answer.json).toMatchObject({
        key: 'bool',
        errorCode: 'INVALID_CONTEXT',
        errorDetails: expect.any(String),
      });
    }
  });

  it('limits depth and members of the context', async () => {
    const nested = (levels: number): unknown => (levels === 0 ? 1 : { a: nested(levels - 1) });
    const wide = (members: number) => Object.fromEntries(Array.from({ length: members }, (_, i) => [`m${i}`, 1]));
    expect((await single('bool', nested(32))).status).toBe(200);
    expect((await single('bool', nested(33))).json).toMatchObject({ key: 'bool', errorCode: 'INVALID_CONTEXT' });
    expect((await single('bool', wide(500))).status).toBe(200);
    expect((await single('bool', wide(501))).json).toMatchObject({ errorCode: 'INVALID_CONTEXT' });
    expect((await single('bool', { a: [wide(300), wide(300)] })).status).toBe(400);
    const deep = `{"context":{"a":${'['.repeat(20_000)}${']'.repeat(20_000)}}}`;
    expect((await edge.ask('POST', `${SINGLE}bool`, { key: server.text, raw: deep })).status).toBe(400);
  });

  it('tolerates another media type when the JSON parses', async () => {
    const answer = await single('ruled', { company: { plan: 'gold' } }, { headers: { 'content-type': 'text/plain' } });
    expect(answer.json).toMatchObject({ variant: 'off' });
  });

  it('answers 413 with details for a body over the limit, announced or chunked', async () => {
    const limit = 64 << 10;
    const sized = (bytes: number) => `{"context":{"a":"${'x'.repeat(bytes - 20)}"}}`;
    expect(sized(limit)).toHaveLength(limit);
    expect((await edge.ask('POST', `${SINGLE}bool`, { key: server.text, raw: sized(limit) })).status).toBe(200);
    const over = await edge.ask('POST', `${SINGLE}bool`, { key: server.text, raw: sized(limit + 1) });
    expect(over.status).toBe(413);
    expect(over.json).toEqual({ errorDetails: expect.any(String) });
    const big = sized(2 * limit);
    const chunked = await edge.ask('POST', BULK, {
      key: server.text,
      raw: big,
      headers: { 'transfer-encoding': 'chunked' },
    });
    expect(chunked.status).toBe(413);
  });

  it('is waited for only so long: 408, and the connection is closed', async () => {
    await edge.close();
    edge = await EdgeServer.create({ limits: { bodyDeadlineMs: 50 } });
    const history = new History('env-1');
    history.change(flag('bool'), server.line());
    history.publishCheckpoint(edge.log);
    await edge.edge.start();
    const answer = await new Promise<IncomingMessage>((resolve, reject) => {
      const headers = { authorization: `Bearer ${server.text}`, 'content-length': '100' };
      const slow = edge.request('POST', `${SINGLE}bool`, { headers }, resolve);
      slow.on('error', reject);
      slow.write('{');
    });
    const { status, headers, json } = await readAnswer(answer);
    expect([status, headers.connection]).toEqual([408, 'close']);
    expect(json).toMatchObject({ key: 'bool', errorCode: 'GENERAL' });
  });
});
