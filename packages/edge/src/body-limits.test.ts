/** Bodies at their limit, and one beyond, at every door that takes one. */
import { EXPOSURE_LIMITS } from '@flaghoist/protocol/exposures';
import { NATIVE_PATHS } from '@flaghoist/protocol/ruleset';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EdgeServer } from '../test-support/edge-server.ts';
import { flag, History, mintKey } from '../test-support/history.ts';
import { DEFAULT_LIMITS } from './limits.ts';

const server = mintKey('server');
const BULK = '/ofrep/v1/evaluate/flags';
const SINGLE = `${BULK}/one`;
const { contextBytes, contextDepth, contextKeys } = DEFAULT_LIMITS;

let edge: EdgeServer;
let sequence = 0;

beforeAll(async () => {
  edge = await EdgeServer.create();
  const history = new History('env-1');
  history.change(flag('one'), server.line());
  history.publishCheckpoint(edge.log);
  await edge.edge.start();
});
afterAll(() => edge.close());

const send = async (path: string, raw: string): Promise<number> =>
  (await edge.ask('POST', path, { key: server.text, raw })).status;

/** A value of so many levels. */
function nested(levels: number): unknown {
  let value: unknown = 1;
  for (let i = 0; i < levels; i++) value = { a: value };
  return value;
}

function members(count: number): Readonly<Record<string, number>> {
  return Object.fromEntries(Array.from({ length: count }, (_, i) => [`m${i}`, i]));
}

describe.each([SINGLE, BULK])('a context at %s', (path) => {
  const context = (value: unknown) => send(path, JSON.stringify({ context: value }));

  it('is taken at its size, and refused one byte larger', async () => {
    const body = '{"context":{"targetingKey":"ada"}}';
    expect(await send(path, body.padEnd(contextBytes))).toBe(200);
    expect(await send(path, body.padEnd(contextBytes + 1))).toBe(413);
  });

  it('is taken at its depth, and refused one level deeper', async () => {
    expect(await context(nested(contextDepth))).toBe(200);
    expect(await context(nested(contextDepth + 1))).toBe(400);
  });

  it('is taken with as many members as it may have, and refused with one more', async () => {
    expect(await context(members(contextKeys))).toBe(200);
    expect(await context(members(contextKeys + 1))).toBe(400);
    expect(await context({ a: members(contextKeys - 1) })).toBe(200);
    expect(await context({ a: members(contextKeys) })).toBe(400);
  });

  it('beside which something deep stands costs nothing', async () => {
    const deep = '['.repeat(20_000) + ']'.repeat(20_000);
    expect(await send(path, `{"context":{},"other":${deep}}`)).toBe(200);
    expect(await send(path, deep)).toBe(400);
  });
});

describe('a batch of exposures', () => {
  const row = { flag: 'one', reason: 'STATIC', revision: 1, minute: 29_000_000, count: 1 };
  const batch = (more: object = {}): string =>
    JSON.stringify({
      instance: 'abcdefghijklmnop',
      sequence: ++sequence,
      sdk: 'test/1',
      rows: [],
      dropped: 0,
      ...more,
    });

  it('is taken at its size, and refused one byte larger', async () => {
    expect(await send(NATIVE_PATHS.exposures, batch().padEnd(EXPOSURE_LIMITS.bytes))).toBe(202);
    expect(await send(NATIVE_PATHS.exposures, batch().padEnd(EXPOSURE_LIMITS.bytes + 1))).toBe(413);
  });

  it('is taken with as many rows as it may have, and refused with one more', async () => {
    const rows = (length: number) => batch({ rows: Array.from({ length }, () => row) });
    expect(await send(NATIVE_PATHS.exposures, rows(EXPOSURE_LIMITS.rows))).toBe(202);
    expect(await send(NATIVE_PATHS.exposures, rows(EXPOSURE_LIMITS.rows + 1))).toBe(400);
  });

  it('has no depth: what is nested in it is refused', async () => {
    const deep = '['.repeat(100_000) + ']'.repeat(100_000);
    expect(await send(NATIVE_PATHS.exposures, batch().replace('[]', deep))).toBe(400);
  });
});
