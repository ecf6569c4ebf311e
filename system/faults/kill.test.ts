/** What was acknowledged survives the death of the server, and nobody sees it out of order. */
import { setTimeout as sleep } from 'node:timers/promises';
import { createDatabase } from '@flaghoist/testkit/postgres';
import { describe, expect, inject, it } from 'vitest';
import { type Application, startProviderApplication } from '../application.ts';
import { type ChangeWriter, createChangeWriter } from '../change-writer.ts';
import { awaitCounts } from '../evaluation-counts.ts';
import { type AuditEntry, type Change, makeKey, type ManagementApi, setUp } from '../management-api.ts';
import { awaitServer, launchServer, type RunningServer, type ServerPlace, startServer } from '../running-server.ts';
import { openScene, type Scene } from '../scene.ts';
import { chooseSeed, createRandom, pick } from '../seeded-random.ts';
import { type StreamReader, startStreamReader } from '../stream-reader.ts';
import { until } from '../until.ts';

const PLACE = { project: 'shop', environment: 'production', flag: 'counter' } as const;
const ENVIRONMENT = '/projects/shop/environments/production';
const CONTEXT = { targetingKey: 'somebody' };
/** Of the time that the change before took: half of the kills come before the answer, half after it. */
const LATEST_KILL = 2;
/** A start takes some two seconds. */
const LATEST_KILL_IN_START_MS = 2_000;
/** The provider has met many breaks by then and waits up to 30 s before it looks again. */
const PROVIDER_CATCHES_UP_MS = 60_000;

describe.each([
  // Each of its starts compiles for two seconds and more.
  { where: 'the embedded database', kills: 15, killsInStart: 3, changes: 250 },
  { where: 'PostgreSQL', kills: 15, killsInStart: 3, changes: 250 },
])('kill -9 of the server on $where', ({ where, kills, killsInStart, changes }) => {
  it(`at ${kills} random moments of ${changes} changes loses none, repeats none and disturbs no evaluation`, async () => {
    const seed = chooseSeed();
    console.log(`kill -9 on ${where}: SEED=${seed}`);
    const scene = openScene();
    const database = where === 'PostgreSQL' ? await createDatabase(inject('flaghoistPostgresUrl')) : null;
    if (database !== null) scene.atEnd(() => database.drop());
    const place = { data: await scene.folder(), databaseUrl: database?.url };
    const first = await startServer(scene, place);
    const api = await setUp(first);
    const { provider, reader, before } = await startFollowing(scene, first, api);

    const writer = await createChangeWriter(api, PLACE);
    await writeAndKill(scene, { ...place, port: first.port }, first, writer, { seed, kills, killsInStart, changes });

    const newest = before + changes;
    await expectHistory(api, writer, before, changes);
    await expectContiguous(reader, before, newest);
    await expectUndisturbed(provider, api, newest, changes);
  }, 600_000);
});

async function startFollowing(
  scene: Scene,
  server: RunningServer,
  api: ManagementApi,
): Promise<{ readonly provider: Application; readonly reader: StreamReader; readonly before: number }> {
  await api.write('POST', '/projects', { key: 'shop', environments: ['production'] });
  const flag = { key: 'counter', type: 'number', variants: { now: 0 }, defaultVariant: 'now', enabled: true };
  await api.write('POST', '/projects/shop/flags', flag);
  const { secret: key } = await makeKey(api, 'shop', 'production', 'server');
  const { url } = server;
  const first = { flag: 'counter', fallback: -1, context: CONTEXT };
  const provider = await startProviderApplication(scene, { url, key, dataDir: await scene.folder() }, first);
  await provider.observe('counter', CONTEXT);
  const { revision } = await api.get<{ readonly revision: number }>(ENVIRONMENT);
  return { provider, reader: startStreamReader(scene, { url, key, after: revision }), before: revision };
}

/** Kills while the picked changes are under way, and now and then the restarted server again before it is up. */
async function writeAndKill(
  scene: Scene,
  place: ServerPlace,
  first: RunningServer,
  writer: ChangeWriter,
  plan: { readonly seed: number; readonly kills: number; readonly killsInStart: number; readonly changes: number },
): Promise<void> {
  const random = createRandom(plan.seed);
  const atChange = pick(random, plan.kills - plan.killsInStart, plan.changes);
  const inStart = pick(random, plan.killsInStart, atChange.size);
  let server = first;
  let killed = 0;
  let usualMs = 0;
  for (let value = 1; value <= plan.changes; value++) {
    const began = performance.now();
    const written = writer.write(value);
    if (atChange.has(value)) {
      await sleep(random() * LATEST_KILL * usualMs);
      await server.kill();
      killed += 1;
      if (inStart.has(killed)) {
        const starting = launchServer(scene, place);
        await sleep(random() * LATEST_KILL_IN_START_MS);
        starting.signal('SIGKILL');
        await starting.ended;
      }
      server = await awaitServer(launchServer(scene, place));
    }
    await written;
    if (!atChange.has(value)) usualMs = performance.now() - began;
  }
}

/** Every acknowledged change is in the history once, where its answer said, and nothing else is. */
async function expectHistory(api: ManagementApi, writer: ChangeWriter, before: number, changes: number): Promise<void> {
  const { acknowledged } = writer;
  expect(acknowledged.map(({ value }) => value)).toEqual(numbers(1, changes));
  expect(acknowledged.map(({ revision }) => revision)).toEqual(numbers(before + 1, before + changes));
  const replayed = acknowledged.filter((one) => one.replayed).length;
  console.log(`${replayed} of ${changes} changes were made by an attempt whose answer was lost`);

  const entries = (await api.list<AuditEntry>(`${ENVIRONMENT}/audit`)).toReversed().map(({ body }) => body);
  expect(entries.map(({ revision }) => revision)).toEqual(numbers(1, before + changes));
  const edits = entries.filter(({ action }) => action === 'flag.edit');
  expect(edits.map(({ change, revision, reason }) => ({ change, revision, reason }))).toEqual(
    acknowledged.map(({ change, revision, value }) => ({ change, revision, reason: `value ${value}` })),
  );
  const listed = (await api.list<Change>('/projects/shop/changes')).filter(({ action }) => action === 'flag.edit');
  expect(listed.toReversed().map(({ id }) => id)).toEqual(acknowledged.map(({ change }) => change));
  expect(await api.get(`${ENVIRONMENT}/audit/verify`)).toMatchObject({ intact: true, entries: entries.length });
  expect(await api.get(`${ENVIRONMENT}/flags/counter`)).toMatchObject({ variants: { now: changes } });
}

/** The reader got every revision once and in order, but for what a snapshot passed over. */
async function expectContiguous(reader: StreamReader, before: number, newest: number): Promise<void> {
  const { arrivals } = reader;
  await until('the reader at the newest revision', 20_000, async () =>
    arrivals.at(-1)?.revision === newest ? true : undefined,
  );
  const wrong = arrivals.filter(({ kind, revision }, i) => {
    const last = arrivals[i - 1]?.revision ?? before;
    return kind === 'patch' ? revision !== last + 1 : revision < last;
  });
  expect(wrong).toEqual([]);
  const patches = arrivals.filter(({ kind }) => kind === 'patch').length;
  console.log(`${patches} patches and ${arrivals.length - patches} snapshots over ${reader.streams} streams`);
}

/** The provider answered all the time, never from the past, caught up by itself, and all its evaluations were counted. */
async function expectUndisturbed(
  provider: Application,
  api: ManagementApi,
  newest: number,
  value: number,
): Promise<void> {
  await until('the provider at the newest revision', PROVIDER_CATCHES_UP_MS, async () => {
    const { last } = await provider.observed();
    return last?.revision === newest ? true : undefined;
  });
  const { evaluations, failures, backwards, last } = await provider.rest();
  expect({ failures, backwards }).toEqual({ failures: [], backwards: [] });
  expect(last).toMatchObject({ value, revision: newest, reason: 'STATIC' });
  expect(await provider.close()).toMatchObject({ code: 0, stderr: '' });
  console.log(`${evaluations} evaluations while the server died and came back`);
  // The first answer was one more.
  const made = evaluations + 1;
  expect(await awaitCounts(api, ENVIRONMENT, made)).toMatchObject({ evaluations: made, missing: 0, dropped: 0 });
}

function numbers(from: number, to: number): readonly number[] {
  return Array.from({ length: to - from + 1 }, (_, i) => from + i);
}
