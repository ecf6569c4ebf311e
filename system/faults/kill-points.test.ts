/**
 * Row 13 and row 15 of the failure matrix: publisher and edge die by `kill -9` at each named point of their work. `SERVER_KILLS`,
 * `EDGE_KILLS` and `SEED` in the environment say how often and which; `npm run prove -- kills` does it 500 and 200 times.
 */
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createDatabase } from '@flaghoist/testkit/postgres';
import { freePort } from '@flaghoist/testkit';
import type { PointName } from '@flaghoist/runtime/points';
import { expect, inject, it } from 'vitest';
import { type Application, startProviderApplication } from '../application.ts';
import { ENVIRONMENT, expectContiguous, expectHistory, expectUndisturbed } from '../change-checks.ts';
import { type ChangeWriter, createChangeWriter } from '../change-writer.ts';
import { EDGE_POINTS, SERVER_POINTS, startVictim, type Victim } from '../kill-points.ts';
import { makeKey, setUp } from '../management-api.ts';
import { askOverOfrep } from '../ofrep.ts';
import { keepResult } from '../result.ts';
import { startServer } from '../running-server.ts';
import { openScene, type Scene } from '../scene.ts';
import { chooseSeed, createRandom } from '../seeded-random.ts';
import { startStreamReader } from '../stream-reader.ts';
import { until } from '../until.ts';

const PLACE = { project: 'shop', environment: 'production', flag: 'counter' } as const;
const SERVER_KILLS = Number(process.env['SERVER_KILLS'] ?? 12);
const EDGE_KILLS = Number(process.env['EDGE_KILLS'] ?? 8);
/** An application waits up to half a minute after so many breaks: the short run looks at the stream alone. */
const WITH_APPLICATION = SERVER_KILLS > 100;
/** Changes go on all the time, and leave a slow machine something for the rest. */
const PAUSE_MS = 15;
const CONTEXT = { targetingKey: 'somebody' };

it(`row 13, row 15: ${SERVER_KILLS} kills of the publisher and ${EDGE_KILLS} of an edge at named points lose, skip and repeat nothing`, async () => {
  const seed = chooseSeed();
  console.log(`kill -9 at named points: SEED=${seed}`);
  const random = createRandom(seed);
  const scene = openScene();
  const { places, api, key, before, stopFirst } = await openTopology(scene);
  const reader = startStreamReader(scene, { url: `http://127.0.0.1:${places.edge.port}`, key, after: before });
  const provider = WITH_APPLICATION ? await startApplication(scene, places.edge.port, key) : null;
  const writer = await createChangeWriter(api, PLACE);
  await stopFirst();

  const server = startVictim(scene, places.server, { points: SERVER_POINTS, kills: SERVER_KILLS, random });
  const prepare = async (point: PointName): Promise<void> => {
    if (point === 'file.moved') await leaveOneGeneration(places.edge.data);
  };
  const edge = startVictim(scene, places.edge, { points: EDGE_POINTS, kills: EDGE_KILLS, random, prepare });
  const answers = watchAnswers(scene, `http://127.0.0.1:${places.edge.port}`, key);
  const changes = await writeUntilOver(writer, [server, edge]);

  const newest = before + changes;
  await until('the edge at the newest value', 60_000, async () => (answers.last === changes ? true : undefined));
  expect(answers.wrong).toEqual([]);
  await expectHistory(api, writer, before, changes);
  await expectContiguous(reader, before, newest);
  const evaluations = provider === null ? 0 : await expectUndisturbed(provider, newest, changes);
  const kills = { server: Object.fromEntries(server.kills), edge: Object.fromEntries(edge.kills) };
  expect(Object.values(kills.server).every((count) => count > 0)).toBe(true);
  expect(Object.values(kills.edge).every((count) => count > 0)).toBe(true);
  const replayed = writer.acknowledged.filter((one) => one.replayed).length;
  const { arrivals, streams } = reader;
  await keepResult('kills', {
    seed,
    asked: { server: SERVER_KILLS, edge: EDGE_KILLS },
    kills,
    changes: { acknowledged: changes, replayed },
    follower: { arrivals: arrivals.length, streams },
    application: { evaluations },
    answers: { asked: answers.asked, refused: answers.refused },
  });
}, 3_600_000);

async function openTopology(scene: Scene) {
  const database = await createDatabase(inject('flaghoistPostgresUrl'));
  scene.atEnd(() => database.drop());
  const place = async (roles: string) => ({
    data: await scene.folder(),
    databaseUrl: database.url,
    args: ['--roles', roles],
    port: await freePort(),
  });
  const places = { server: await place('control,publisher,worker'), edge: await place('edge') };
  const first = await startServer(scene, places.server);
  const firstEdge = await startServer(scene, places.edge);
  const api = await setUp(first);
  await api.write('POST', '/projects', { key: 'shop', environments: ['production'] });
  const flag = { key: 'counter', type: 'number', variants: { now: 0 }, defaultVariant: 'now', enabled: true };
  await api.write('POST', '/projects/shop/flags', flag);
  await api.configure('shop', 'production', 'counter', { rules: [ballast()] });
  const { secret: key } = await makeKey(api, 'shop', 'production', 'server');
  const { revision: before } = await api.get<{ readonly revision: number }>(ENVIRONMENT);
  await until('the edge has the key', 30_000, async () =>
    (await askOverOfrep(firstEdge.url, key, 'counter')).status === 200 ? true : undefined,
  );
  const stopFirst = () => Promise.all([first.stop(), firstEdge.stop()]);
  return { places, api, key, before, stopFirst };
}

/** While changes come fast, the older generation stays what it is: it moves again where there is none. */
async function leaveOneGeneration(data: string): Promise<void> {
  const rulesets = join(data, 'rulesets');
  for (const environment of await readdir(rulesets))
    await rm(join(rulesets, environment, 'ruleset.1'), { force: true });
}

/** Makes each revision long, so that checkpoints come every dozen of them. */
function ballast() {
  const values = Array.from({ length: 1_000 }, (_, i) => `ballast of rules number ${i}`);
  return { id: 'ballast', conditions: [{ attribute: 'plan', operator: 'in', values }], serve: { variant: 'now' } };
}

function startApplication(scene: Scene, port: number, key: string): Promise<Application> {
  const first = { flag: 'counter', fallback: -1, context: CONTEXT };
  return scene
    .folder()
    .then((dataDir) => startProviderApplication(scene, { url: `http://127.0.0.1:${port}`, key, dataDir }, first))
    .then(async (provider) => {
      await provider.observe('counter', CONTEXT);
      return provider;
    });
}

/** One change after the other until both have died as often as they should; answers how many were acknowledged. */
async function writeUntilOver(writer: ChangeWriter, victims: readonly Victim[]): Promise<number> {
  const over = new AbortController();
  const ending = Promise.all(victims.map(({ survivor }) => survivor)).finally(() => over.abort());
  let value = 0;
  while (!over.signal.aborted) {
    // A victim that does not come back is the failure to report, not the writer that waits for it.
    await Promise.race([writer.write(++value), ending.then(() => new Promise<never>(() => undefined))]);
    await sleep(PAUSE_MS);
  }
  await ending;
  return value;
}

interface Answers {
  readonly asked: number;
  readonly last: number;
  /** Answered 503: nobody takes that for an answer. */
  readonly refused: number;
  /** What an edge that is up must never say. */
  readonly wrong: readonly string[];
}

/** Asks the edge all the time. */
function watchAnswers(scene: Scene, url: string, key: string): Answers {
  const seen = { asked: 0, last: 0, refused: 0, wrong: [] as string[] };
  const over = new AbortController();
  async function ask(): Promise<void> {
    const { status, text } = await askOverOfrep(url, key, 'counter');
    seen.asked += 1;
    const { value } = JSON.parse(text) as { readonly value?: number };
    if (status === 200 && typeof value === 'number') seen.last = value;
    // Killed twice while nothing changed, it holds the ruleset for the cause and goes back to one from before the key.
    else if (status === 503) seen.refused += 1;
    else seen.wrong.push(`${status} ${text}`);
  }
  const asking = (async () => {
    while (!over.signal.aborted) {
      await ask().catch(() => undefined);
      await sleep(PAUSE_MS);
    }
  })();
  scene.atEnd(async () => {
    over.abort();
    await asking;
  });
  return seen;
}
