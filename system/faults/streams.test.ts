/** Many followers at once: they all come back when the server does, and none that does not read costs the others anything. */
import { readFile } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { type ChildProgram, startProgram } from '../child-program.ts';
import { makeKey, type ManagementApi, setUp } from '../management-api.ts';
import { type RunningServer, startServer } from '../running-server.ts';
import { openScene, type Scene } from '../scene.ts';
import { startStreamReader } from '../stream-reader.ts';
import { startTcpProxy } from '../tcp-proxy.ts';
import { until } from '../until.ts';

const PROGRAM = fileURLToPath(new URL('../programs/many-providers.mjs', import.meta.url));
const ENVIRONMENT = '/projects/shop/environments/production';
const FOLLOWERS = 1_000;
const DOWN_MS = 6_000;
/** In that time a follower that failed asks again after 0.2, 1, 1, 2 and 4 s at most, on average after half of that. */
const MOST_ATTEMPTS_EACH = 10;
const ANSWER_WITHIN_MS = 60_000;
const BACK_WITHIN_MS = 60_000;
const STALLED = 50;
const UPDATES = 200;
/** As long as a value may be, nearly. */
const LONG = 'x'.repeat(65_000);

interface Crowd {
  /** Of those that answer from a ruleset. */
  readonly answers: number;
  /** That each holds. */
  readonly revisions: readonly number[];
}

it('row 21: a thousand followers lose their server, go on answering, and are back when it is', async () => {
  const scene = openScene();
  const data = await scene.folder();
  const server = await startServer(scene, { data });
  const { api, key } = await makeShop(server);
  const proxy = await startTcpProxy(scene, server.port);
  const crowd = openCrowd(scene, { url: `http://127.0.0.1:${proxy.port}`, key, count: FOLLOWERS });
  await until('everybody follows', ANSWER_WITHIN_MS, async () => (await streamsOf(api)) === FOLLOWERS || undefined);
  const before = await memoryOf(server);

  await server.kill();
  proxy.forget();
  await sleep(DOWN_MS);
  expect((await crowd.ask('answers')).answers).toBe(FOLLOWERS);
  expect(proxy.taken).toBeGreaterThan(FOLLOWERS);
  expect(proxy.taken).toBeLessThan(FOLLOWERS * MOST_ATTEMPTS_EACH);
  // One attempt at a time each, and beside it a receipt; some of the streams that broke were still being closed.
  expect(proxy.mostOpen).toBeLessThan(FOLLOWERS * 2.1);

  proxy.forget();
  const again = await startServer(scene, { data, port: server.port });
  const { revision } = await api.configure('shop', 'production', 'counter', { variants: { now: 2 } });
  const began = performance.now();
  for (const share of [0.95, 1]) {
    await until(`${share} of all have what changed since`, BACK_WITHIN_MS, async () => {
      const { revisions } = await crowd.ask('revisions');
      return revisions.filter((one) => one === revision).length >= share * FOLLOWERS || undefined;
    });
    console.log(`${share * 100} % are back after ${Math.round(performance.now() - began)} ms`);
  }
  await until(
    'everybody follows again',
    ANSWER_WITHIN_MS,
    async () => (await streamsOf(api)) === FOLLOWERS || undefined,
  );
  console.log(
    `${proxy.taken} connections of ${FOLLOWERS} followers after the start, ${proxy.mostOpen} at once at most`,
  );
  expect(proxy.mostOpen).toBeLessThanOrEqual(FOLLOWERS * 2);
  expect(await memoryOf(again)).toBeLessThan(before + 200);
  await crowd.close();
}, 300_000);

it('row 23: fifty that do not read are cut; memory stays, and whoever reads gets everything', async () => {
  const scene = openScene();
  const server = await startServer(scene, { data: await scene.folder() });
  const { api, key, revision } = await makeShop(server);
  const reader = startStreamReader(scene, { url: server.url, key, after: revision });
  const stalled = Array.from({ length: STALLED }, () => stall(scene, server.port, key));
  await until('all follow', ANSWER_WITHIN_MS, async () => (await streamsOf(api)) === STALLED + 1 || undefined);
  const before = await memoryOf(server);

  let most = 0;
  for (let i = 1; i <= UPDATES; i++) {
    const variants = { now: `${i} ${LONG}` };
    await api.write('PATCH', `${ENVIRONMENT}/flags/text`, { variants }, { ifMatch: '*' });
    if (i % 20 === 0) most = Math.max(most, await memoryOf(server));
  }
  await until('the stalled ones are cut', ANSWER_WITHIN_MS, async () => (await streamsOf(api)) === 1 || undefined);
  await until('the reader has all', ANSWER_WITHIN_MS, async () => reader.arrivals.length >= UPDATES || undefined);
  const expected = Array.from({ length: UPDATES }, (_, i) => ({ kind: 'patch', revision: revision + 1 + i }));
  expect(reader.arrivals).toEqual(expected);
  // Without a bound they would hold fifty times 13 MB.
  console.log(`${Math.round(before)} MB before, ${Math.round(most)} MB at most with ${STALLED} that do not read`);
  expect(most).toBeLessThan(before + 350);
  for (const socket of stalled) socket.destroy();
}, 180_000);

async function makeShop(server: RunningServer) {
  const api = await setUp(server);
  await api.write('POST', '/projects', { key: 'shop', environments: ['production'] });
  const counter = { key: 'counter', type: 'number', variants: { now: 1 }, defaultVariant: 'now', enabled: true };
  await api.write('POST', '/projects/shop/flags', counter);
  const text = { key: 'text', type: 'string', variants: { now: '' }, defaultVariant: 'now', enabled: true };
  await api.write('POST', '/projects/shop/flags', text);
  const { secret: key } = await makeKey(api, 'shop', 'production', 'server');
  const { environments } = await until('all is published', ANSWER_WITHIN_MS, async () => {
    const status = await readStatus(api);
    return status.environments.every(({ revision, edge }) => revision === edge) ? status : undefined;
  });
  return { api, key, revision: environments[0]?.revision ?? 0 };
}

interface Status {
  readonly environments: readonly {
    readonly revision: number;
    readonly edge: number | null;
    readonly streams: number;
  }[];
}

function readStatus(api: ManagementApi): Promise<Status> {
  return api.get<Status>('/status');
}

async function streamsOf(api: ManagementApi): Promise<number> {
  return (await readStatus(api)).environments.reduce((sum, { streams }) => sum + streams, 0);
}

/** Resident, in MB. */
async function memoryOf({ program }: RunningServer): Promise<number> {
  const status = await readFile(`/proc/${program.pid}/status`, 'utf8');
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]) / 1024;
}

function openCrowd(scene: Scene, options: object) {
  const program: ChildProgram = startProgram(scene, { args: [PROGRAM, JSON.stringify(options)] });
  let asked = 0;
  return {
    async ask(ask: keyof Crowd): Promise<Crowd> {
      const id = ++asked;
      const isAnswer = (line: string): boolean => (JSON.parse(line) as { id: number }).id === id;
      program.writeLine(JSON.stringify({ id, ask }));
      const line = await program.line('how many have what', ANSWER_WITHIN_MS, isAnswer);
      return (JSON.parse(line) as { readonly answer: Crowd }).answer;
    },
    async close(): Promise<void> {
      program.writeLine(JSON.stringify({ ask: 'close' }));
      expect(await program.ended).toMatchObject({ code: 0 });
    },
  };
}

/** Opens a stream and reads nothing of it. */
function stall(scene: Scene, port: number, key: string): Socket {
  const socket = connect(port, '127.0.0.1');
  socket.pause();
  socket.on('error', () => undefined);
  socket.write(`GET /native/v1/stream HTTP/1.1\r\nhost: 127.0.0.1\r\nauthorization: Bearer ${key}\r\n\r\n`);
  scene.atEnd(async () => void socket.destroy());
  return socket;
}
