/**
 * Rows 3, 4 and 5 of the failure matrix, over a primary and a synchronous standby. `FAILOVERS` in the environment says how
 * often; `npm run prove -- failover` does it five times and keeps how long writes were away.
 */
import { randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import {
  type PostgresPair,
  queryOnce,
  setSynchronousStandbys,
  STANDBY_NAME,
  startPostgresPair,
} from '@flaghoist/testkit/postgres';
import { expect, it } from 'vitest';
import { startProviderApplication } from '../application.ts';
import { ENVIRONMENT, expectHistory, expectUndisturbed } from '../change-checks.ts';
import { type ChangeWriter, createChangeWriter, keepWriting } from '../change-writer.ts';
import { runProgram } from '../child-program.ts';
import { makeKey, type ManagementApi, openManagementApi, setUp } from '../management-api.ts';
import { askOverOfrep } from '../ofrep.ts';
import { keepResult } from '../result.ts';
import { launchServer, type RunningServer, startServer } from '../running-server.ts';
import { openScene, type Scene } from '../scene.ts';
import { until } from '../until.ts';

const FAILOVERS = Number(process.env['FAILOVERS'] ?? 1);
const PROMOTE = fileURLToPath(new URL('../../deploy/postgresql/promote.sh', import.meta.url));
const PLACE = { project: 'shop', environment: 'production', flag: 'counter' } as const;
const STAGING = '/projects/shop/environments/staging/flags/counter';
const CONTEXT = { targetingKey: 'somebody' };
/** Changes go on all the time, and leave a slow machine something for the rest. */
const PAUSE_MS = 15;
const SOON_MS = 60_000;
const WRITES_BACK_WITHIN_S = 30;

it(
  `row 3, row 4, row 5: with a frozen standby, a dead primary and one that comes back no acknowledged change is lost, and none of an old primary served (${FAILOVERS} times)`,
  async () => {
    const seconds: number[] = [];
    for (let round = 0; round < FAILOVERS; round++) seconds.push(await failOver(openScene()));
    console.log(`writes were back after ${seconds.join(', ')} s`);
    expect(Math.max(...seconds)).toBeLessThan(WRITES_BACK_WITHIN_S);
    await keepResult('failover', { failovers: FAILOVERS, secondsWithoutWrites: seconds.join(', ') });
  },
  FAILOVERS * 300_000,
);

/** Answers for how many seconds no write was taken, from the death of the primary on. */
async function failOver(scene: Scene): Promise<number> {
  const pair = await startPostgresPair();
  scene.atEnd(() => pair.stop());
  await setSynchronousStandbys(pair.primary, STANDBY_NAME);
  const env = { FLAGHOIST_SECRET: randomUUID() };
  const server = await startServer(scene, {
    data: await scene.folder(),
    databaseUrl: pair.url(),
    env,
    args: ['--write-deadline', '2s'],
  });
  const { api, before, key } = await prepare(server);
  const provider = await startProviderApplication(
    scene,
    { url: server.url, key, dataDir: await scene.folder() },
    { flag: 'counter', fallback: -1, context: CONTEXT },
  );
  await provider.observe('counter', CONTEXT);
  const writer = await createChangeWriter(api, PLACE);
  const writing = keepWriting(writer, PAUSE_MS);
  await until('some changes', SOON_MS, async () => (writer.acknowledged.length > 3 ? true : undefined));

  await standbyFreezes(pair, api);
  const seconds = await primaryDies(scene, pair, writer);
  await oldPrimaryComesBack({ scene, pair, api, key, env });

  const changes = await writing.stop();
  await expectHistory(api, writer, before, changes);
  await expectUndisturbed(provider, before + changes, changes);
  expect(await server.stop()).toMatchObject({ code: 0 });
  await pair.stop();
  return seconds;
}

async function prepare(server: RunningServer) {
  const api = await setUp(server);
  await api.write('POST', '/projects', { key: 'shop', environments: ['production', 'staging'] });
  const flag = { key: 'counter', type: 'number', variants: { now: 0 }, defaultVariant: 'now', enabled: true };
  await api.write('POST', '/projects/shop/flags', flag);
  const { secret: key } = await makeKey(api, 'shop', 'production', 'server');
  const before = (await api.list(`${ENVIRONMENT}/audit`)).length;
  return { api, before, key };
}

/** Row 5: nothing is acknowledged meanwhile; what was under way is done when the operator lets go of the standby. */
async function standbyFreezes({ primary, standby }: PostgresPair, api: ManagementApi): Promise<void> {
  expect(await durabilityOf(api)).toMatchObject({ replication: 'sync', standbys: 1 });
  await standby.freeze();
  const options = { ifMatch: '*', idempotencyKey: randomUUID() };
  const edit = () => api.send('PATCH', STAGING, { enabled: false }, options);
  for (let tries = 0; tries < 2; tries++)
    expect(await edit()).toMatchObject({ status: 503, body: { code: 'outcome_unknown' } });
  // Whoever gives up cancels nothing: what waits for the standby is not to be seen.
  expect(await api.get(STAGING)).toMatchObject({ enabled: true });
  expect(await durabilityOf(api)).toMatchObject({ problem: expect.stringMatching(/for a synchronous standby/) });

  await setSynchronousStandbys(primary, '');
  const answer = await until('the truth', SOON_MS, async () => {
    const again = await edit();
    return again.status === 503 ? undefined : again;
  });
  expect([answer.status, answer.headers.get('idempotency-replayed')]).toEqual([200, 'true']);
  await standby.thaw();
  await setSynchronousStandbys(primary, STANDBY_NAME);
}

/** Row 3. */
async function primaryDies(scene: Scene, pair: PostgresPair, writer: ChangeWriter): Promise<number> {
  const { primary, standby } = pair;
  const promote = (env: Readonly<Record<string, string>> = {}) =>
    runProgram(scene, { command: PROMOTE, args: [standby.url, primary.url], env });
  // Nothing is promoted beside a primary that takes writes.
  expect(await promote()).toMatchObject({ code: 1, stderr: expect.stringContaining('the old primary answers') });
  expect(await promote({ FENCE: 'false' })).toMatchObject({ code: 1, stderr: expect.stringContaining('FENCE failed') });
  await primary.kill();
  const began = performance.now();
  const promoted = await promote();
  expect(promoted).toMatchObject({ code: 0, stdout: expect.stringContaining('takes writes after') });
  const known = writer.acknowledged.length;
  // The next one may have been on its way.
  await until('writes are taken', SOON_MS, async () => (writer.acknowledged.length > known + 1 ? true : undefined));
  return Math.round((performance.now() - began) / 100) / 10;
}

/** Row 4: both take writes, and somebody is on the old one's side, who knows of no other. */
async function oldPrimaryComesBack(at: {
  readonly scene: Scene;
  readonly pair: PostgresPair;
  readonly api: ManagementApi;
  readonly key: string;
  readonly env: Readonly<Record<string, string>>;
}): Promise<void> {
  const { scene, pair, api, key, env } = at;
  const { primary } = pair;
  await primary.restart();
  const place = { data: await scene.folder(), env, args: ['--write-deadline', '2s'] };
  let other = await startServer(scene, { ...place, databaseUrl: primary.url });
  const options = { ifMatch: '*', idempotencyKey: randomUUID() };
  const edit = () => openManagementApi(other.url, api.token).send('PATCH', STAGING, { variants: { now: 66 } }, options);
  expect(await edit()).toMatchObject({ status: 503, body: { code: 'outcome_unknown' } });
  // Its standby has left it: nothing is committed there for anybody to see, at its own edge either.
  expect(await queryOnce(primary.url, `select from entity_versions where json like '%66%'`)).toEqual([]);
  await until('the old primary is seen by whoever reaches both', SOON_MS, async () =>
    String((await durabilityOf(api)).problem).includes(`127.0.0.1:${primary.port} is refused: it is an old primary`)
      ? true
      : undefined,
  );
  await other.kill();
  // The same process, healed: it sees both now, and what was asked of it is done where it counts.
  const healed = { ...place, databaseUrl: pair.url() };
  // A new primary that is slow to answer may be found a moment after the old one: then the start is given up, and says so.
  other = await startServer(scene, healed).catch((error: Error) => {
    expect(error.message).toContain('was lost while the server started');
    return startServer(scene, healed);
  });
  expect(await edit()).toMatchObject({ status: 200, body: { variants: { now: 66 } } });
  expect((await askOverOfrep(other.url, key, 'counter')).status).toBe(200);
  expect(await other.stop()).toMatchObject({ code: 0 });
  // And remembered when it is alone with the old one again.
  const refused = await launchServer(scene, { ...place, databaseUrl: primary.url }).ended;
  expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining('it is an old primary') });
  await primary.kill();
}

async function durabilityOf(api: ManagementApi): Promise<Readonly<Record<string, unknown>>> {
  return (await api.get<{ readonly durability: Readonly<Record<string, unknown>> }>('/status')).durability;
}
