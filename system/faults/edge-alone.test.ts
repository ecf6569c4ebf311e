/** An edge of its own, and everything above it dead: it starts from disk, knows its keys, and catches up afterwards. */
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startPostgresServer } from '@flaghoist/testkit/postgres';
import { expect, it } from 'vitest';
import { CONTROL_PLANE, DATABASES, noteModules } from '../loaded-modules.ts';
import { makeKey, type ManagementApi, setUp } from '../management-api.ts';
import { askOverOfrep } from '../ofrep.ts';
import { type RunningServer, type ServerPlace, startServer } from '../running-server.ts';
import { untilSaved } from '../saved-ruleset.ts';
import { openScene, type Scene } from '../scene.ts';
import { until } from '../until.ts';

const FLAG = '/projects/shop/environments/production/flags/counter';
const KILLS = 6;

interface Topology {
  readonly control: ServerPlace;
  readonly edge: ServerPlace;
  readonly running: RunningServer;
  readonly api: ManagementApi;
  readonly key: string;
}

it('row 1, row 18: with control plane and PostgreSQL dead an edge starts, answers, knows its keys and catches up later', async () => {
  const scene = openScene();
  const postgres = await startPostgresServer();
  scene.atEnd(() => postgres.stop());
  const { control, edge: place, running, api, key } = await openTopology(scene, postgres.url);
  const modules = await noteModules(scene);
  const first = await startServer(scene, { ...place, env: modules.env });
  await set(api, 1);
  await expectValue(first, key, 1);
  await untilSaved(join(place.data, 'rulesets'), '{"now":1}');
  expect(await modules.matching(DATABASES)).not.toEqual([]);
  expect(await modules.matching(CONTROL_PLANE)).toEqual([]);

  await running.kill();
  await postgres.kill();
  await first.kill();
  const cold = await startServer(scene, place);
  const ready = await fetch(`${cold.url}/readyz`);
  expect([ready.status, await ready.json()]).toEqual([
    200,
    { ready: true, problems: [], oldestRulesetMs: expect.any(Number), unconfirmed: 1 },
  ]);
  await expectValue(cold, key, 1);
  const forged = `${key.slice(0, -8)}${key.endsWith('AAAAAAAA') ? 'BBBBBBBB' : 'AAAAAAAA'}`;
  expect((await askOverOfrep(cold.url, forged, 'counter')).status).toBe(401);
  expect((await askOverOfrep(cold.url, null, 'counter')).status).toBe(401);
  expect((await fetch(`${cold.url}/native/v1/ruleset`, { headers: { authorization: `Bearer ${key}` } })).status).toBe(
    200,
  );

  await postgres.restart();
  const again = await startServer(scene, { ...control, port: running.port });
  await set(api, 2);
  await expectValue(cold, key, 2);
  expect(await (await fetch(`${cold.url}/readyz`)).json()).toMatchObject({ ready: true, unconfirmed: 0 });
  expect(await cold.stop()).toMatchObject({ code: 0 });
  expect(await again.stop()).toMatchObject({ code: 0 });
}, 120_000);

it('an edge that never had a ruleset comes up without its database, says that it is not ready, and is later', async () => {
  const scene = openScene();
  const postgres = await startPostgresServer();
  scene.atEnd(() => postgres.stop());
  const { edge: place, running, api, key } = await openTopology(scene, postgres.url);
  await set(api, 1);
  await running.stop();
  await postgres.kill();
  const cold = await startServer(scene, place);
  expect((await fetch(`${cold.url}/livez`)).status).toBe(200);
  expect((await fetch(`${cold.url}/readyz`)).status).toBe(503);
  expect((await askOverOfrep(cold.url, key, 'counter')).status).toBe(503);
  await postgres.restart();
  await expectValue(cold, key, 1);
}, 120_000);

it(`row 15: an edge killed ${KILLS} times while changes come answers after every start, and in the end with the newest`, async () => {
  const scene = openScene();
  const postgres = await startPostgresServer();
  scene.atEnd(() => postgres.stop());
  const { edge: place, api, key } = await openTopology(scene, postgres.url);
  let edge = await startServer(scene, place);
  await set(api, 1);
  await expectValue(edge, key, 1);
  let value = 1;
  for (let kill = 1; kill <= KILLS; kill++) {
    const writing = set(api, ++value);
    await sleep(Math.random() * 60);
    await edge.kill();
    await writing;
    edge = await startServer(scene, place);
    // At once, and never nothing.
    const { status, text } = await askOverOfrep(edge.url, key, 'counter');
    expect(status, text).toBe(200);
    expect((JSON.parse(text) as { readonly value: number }).value).toBeGreaterThanOrEqual(value - 2);
  }
  await set(api, ++value);
  await expectValue(edge, key, value);
  expect(await edge.stop()).toMatchObject({ code: 0 });
}, 240_000);

async function openTopology(scene: Scene, databaseUrl: string): Promise<Topology> {
  const place = async (roles: string): Promise<ServerPlace> => ({
    data: await scene.folder(),
    databaseUrl,
    args: ['--roles', roles],
  });
  const control = await place('control,publisher,worker');
  const running = await startServer(scene, control);
  const api = await setUp(running);
  await api.write('POST', '/projects', { key: 'shop', environments: ['production'] });
  const flag = { key: 'counter', type: 'number', variants: { now: 0 }, defaultVariant: 'now', enabled: true };
  await api.write('POST', '/projects/shop/flags', flag);
  const { secret: key } = await makeKey(api, 'shop', 'production', 'server');
  return { control, edge: await place('edge'), running, api, key };
}

async function set(api: ManagementApi, value: number): Promise<void> {
  const idempotencyKey = randomUUID();
  await until(`value ${value}`, 20_000, async () => {
    const options = { ifMatch: '*', reason: `value ${value}`, idempotencyKey };
    const { status } = await api.send('PATCH', FLAG, { variants: { now: value } }, options);
    return status === 200 ? true : undefined;
  });
}

async function expectValue({ url }: RunningServer, key: string, value: number): Promise<void> {
  await until(`value ${value} at the edge`, 20_000, async () => {
    const { status, text } = await askOverOfrep(url, key, 'counter');
    return status === 200 && (JSON.parse(text) as { readonly value: number }).value === value ? true : undefined;
  });
}

/** A save follows a change within a second or so. */
