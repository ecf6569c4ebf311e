/** Row 25 of the failure matrix: somebody sets the clock of the machine while an edge runs. */
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { EdgeServer, until } from '../test-support/edge-server.ts';
import { flag, History, mintKey } from '../test-support/history.ts';

const DAY_MS = 86_400_000;
const BEATS = 20;
const server = mintKey('server');

let edge: EdgeServer;
let asked: number;
let stepped: number;

beforeEach(async () => {
  [asked, stepped] = [0, 0];
  const { now } = Date;
  // Before the edge is made: it may keep the function.
  vi.spyOn(Date, 'now').mockImplementation(() => now() + stepped);
  const confirmKey = (): Promise<'unknown'> => {
    asked += 1;
    return Promise.resolve('unknown');
  };
  edge = await EdgeServer.create({ limits: { heartbeatMs: 10, confirmUnknownMs: 1 }, confirmKey });
  const history = new History('env-1');
  history.change(flag('one'), server.line());
  history.publishCheckpoint(edge.log);
  await edge.edge.start();
});
afterEach(async () => {
  vi.restoreAllMocks();
  await edge.close();
});

async function status(key: string): Promise<number> {
  const body = { context: { targetingKey: 'ann' } };
  return (await edge.ask('POST', '/ofrep/v1/evaluate/flags/one', { key, body })).status;
}

it('a clock that steps back a day refuses nobody, and what was unknown for a moment is asked for again', async () => {
  const unknown = mintKey('server').text;
  expect([await status(server.text), await status(unknown)]).toEqual([200, 401]);
  expect(asked).toBe(1);
  stepped = -DAY_MS;
  expect(await status(server.text)).toBe(200);
  await until(async () => {
    await status(unknown);
    return asked > 1;
  });
});

it('a clock that steps forward a day ends no stream', async () => {
  const stream = await edge.stream('/native/v1/stream', { authorization: `Bearer ${server.text}` });
  await stream.until(({ events }) => events.length > 0);
  stepped = DAY_MS;
  const before = stream.events.length;
  await stream.until(({ events, ended }) => ended || events.length > before + BEATS);
  expect(edge.edge.status().streams.open).toBe(1);
  stream.close();
});
