/**
 * Many followers at once: they all come back when the server does, and none that does not read costs the others anything.
 * `STREAMS` in the environment says how many; `npm run prove -- streams` does it with 5,000.
 */
import { readFile } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { loadavg } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { createChangeWriter } from '../change-writer.ts';
import { expectRoomFor, openCrowd } from '../crowd.ts';
import { makeKey, type ManagementApi, setUp } from '../management-api.ts';
import { keepResult } from '../result.ts';
import { type RunningServer, startServer } from '../running-server.ts';
import { openScene, type Scene } from '../scene.ts';
import { startStreamReader } from '../stream-reader.ts';
import { until } from '../until.ts';

const ENVIRONMENT = '/projects/shop/environments/production';
const FOLLOWERS = Number(process.env['STREAMS'] ?? 1_000);
const DOWN_MS = 6_000;
/** In that time a follower that failed asks again after 0.2, 1, 1, 2 and 4 s at most, on average after half of that. */
const MOST_ATTEMPTS_EACH = 10;
const ANSWER_WITHIN_MS = 60_000;
/** They begin group by group, in a few processes of the same machine. */
const FOLLOW_WITHIN_MS = ANSWER_WITHIN_MS + FOLLOWERS * 20;
/** 95 % of all. */
const BACK_WITHIN_MS = 60_000;
const ALL_BACK_WITHIN_MS = 180_000;
/** Whoever waited too long for two streams on a busy machine follows by polling for a while. */
const STREAMING = 0.9;
/** Of memory, for each follower and for the rest: twice what they took before. */
const MORE_MB = 150;
const MORE_MB_EACH = 0.05;
const STALLED = 50;
const UPDATES = 200;
/** As long as a value may be, nearly. */
const LONG = 'x'.repeat(65_000);

it(`row 21: ${FOLLOWERS.toLocaleString('en')} followers lose their server, go on answering, and are back when it is`, async () => {
  await expectRoomFor(FOLLOWERS);
  const load = Math.round((loadavg()[0] ?? 0) * 10) / 10;
  const scene = openScene();
  const data = await scene.folder();
  const server = await startServer(scene, { data });
  const { api, key } = await makeShop(server);
  const crowd = openCrowd(scene, { url: server.url, key, count: FOLLOWERS });
  const follow = (what: string) =>
    until(what, FOLLOW_WITHIN_MS, async () => {
      // A server to which thousands come back may take its time with this.
      const streams = await streamsOf(api).catch(() => 0);
      return streams >= STREAMING * FOLLOWERS && (await crowd.answering()) === FOLLOWERS ? streams : undefined;
    });
  await follow('everybody follows');
  const before = await memoryOf(server);
  const first = await crowd.attempts();
  const writer = await createChangeWriter(api, { project: 'shop', environment: 'production', flag: 'counter' });

  await server.kill();
  await sleep(DOWN_MS);
  const answering = await crowd.answering();
  expect(answering).toBe(FOLLOWERS);
  const down = await crowd.attempts();
  expect(down.attempts).toBeGreaterThan(FOLLOWERS);
  expect(down.attempts).toBeLessThan(FOLLOWERS * MOST_ATTEMPTS_EACH);

  const again = await startServer(scene, { data, port: server.port });
  const began = Date.now();
  const backMs = await until('all are back', ALL_BACK_WITHIN_MS, async () => {
    const since = (await crowd.followed()).filter((at) => at !== null);
    return since.length === FOLLOWERS ? since.map((at) => at - began).toSorted((a, b) => a - b) : undefined;
  });
  const [ms95 = 0, ms100 = 0] = [backMs[Math.ceil(0.95 * FOLLOWERS) - 1], backMs.at(-1)];
  console.log(`95 % are back after ${ms95} ms, all after ${ms100} ms`);
  const { revision } = await writer.write(2);
  await until('all have what changed since', ALL_BACK_WITHIN_MS, async () =>
    (await crowd.holding(revision)) === FOLLOWERS ? true : undefined,
  );
  const streams = await follow('everybody follows again');
  const back = await crowd.attempts();
  const mostInFlight = Math.max(first.mostInFlight, down.mostInFlight, back.mostInFlight);
  console.log(
    `${down.attempts} attempts while it was away, ${back.attempts} after; at most ${mostInFlight} at once of each`,
  );
  const after = await memoryOf(again);
  await crowd.close();
  await keepResult('streams', {
    load: { averageOfMinuteBefore: load },
    followers: FOLLOWERS,
    down: { ms: DOWN_MS, answering, attempts: down.attempts },
    back: { ms95, ms100, attempts: back.attempts, streams },
    mostInFlightOfOneFollower: mostInFlight,
    serverMemoryMb: { before: Math.round(before), after: Math.round(after) },
  });
  expect(mostInFlight).toBe(1);
  expect(after).toBeLessThan(before + MORE_MB + MORE_MB_EACH * FOLLOWERS);
  expect(ms95).toBeLessThan(BACK_WITHIN_MS);
}, 600_000);

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

/** Opens a stream and reads nothing of it. */
function stall(scene: Scene, port: number, key: string): Socket {
  const socket = connect(port, '127.0.0.1');
  socket.pause();
  socket.on('error', () => undefined);
  socket.write(`GET /native/v1/stream HTTP/1.1\r\nhost: 127.0.0.1\r\nauthorization: Bearer ${key}\r\n\r\n`);
  scene.atEnd(async () => void socket.destroy());
  return socket;
}
