/** What was acknowledged survives the death of the server, and nobody sees it out of order. */
import { setTimeout as sleep } from 'node:timers/promises';
import { createDatabase } from '@flaghoist/testkit/postgres';
import { describe, inject, it } from 'vitest';
import { type Application, startProviderApplication } from '../application.ts';
import { ENVIRONMENT, expectContiguous, expectCounted, expectHistory, expectUndisturbed } from '../change-checks.ts';
import { type ChangeWriter, createChangeWriter } from '../change-writer.ts';
import { makeKey, type ManagementApi, setUp } from '../management-api.ts';
import { awaitServer, launchServer, type RunningServer, type ServerPlace, startServer } from '../running-server.ts';
import { openScene, type Scene } from '../scene.ts';
import { chooseSeed, createRandom, pick } from '../seeded-random.ts';
import { type StreamReader, startStreamReader } from '../stream-reader.ts';

const PLACE = { project: 'shop', environment: 'production', flag: 'counter' } as const;
const CONTEXT = { targetingKey: 'somebody' };
/** Of the time that the change before took: half of the kills come before the answer, half after it. */
const LATEST_KILL = 2;
/** A start takes some two seconds. */
const LATEST_KILL_IN_START_MS = 2_000;

describe.each([
  // At random moments; kill-points.test.ts kills as often at named ones. Each start here compiles for two seconds and more.
  { where: 'the embedded database', kills: 5, killsInStart: 1, changes: 150 },
  { where: 'PostgreSQL', kills: 6, killsInStart: 2, changes: 150 },
])('row 36, row 13: kill -9 of the server on $where', ({ where, kills, killsInStart, changes }) => {
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
    await expectCounted(api, await expectUndisturbed(provider, newest, changes));
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
