/**
 * Row 10 of the failure matrix: the power of all three NATS servers is cut at once. `ENVIRONMENTS` in the environment says
 * how many there are, `LOSS=files` that all they stored is gone; `npm run prove -- nats-loss` does that with 1,000 of 50 kB.
 */
import { createNatsBus } from '@flaghoist/bus/nats';
import { findNatsServer, type NatsServers, startNats } from '@flaghoist/testkit/nats';
import { createDatabase } from '@flaghoist/testkit/postgres';
import { expect, inject, it } from 'vitest';
import { findObstacle, makeDisk } from '../loop-disk.ts';
import { makeKey, type ManagementApi, setUp, type Status } from '../management-api.ts';
import { askOverOfrep } from '../ofrep.ts';
import { keepResult } from '../result.ts';
import { startServer } from '../running-server.ts';
import { openScene, type Scene } from '../scene.ts';
import { until } from '../until.ts';

const ENVIRONMENTS = Number(process.env['ENVIRONMENTS'] ?? 20);
const IN_PROJECT = Math.min(50, ENVIRONMENTS);
const FLAGS = 10;
const FLAG_BYTES = 5_000;
const MADE_WITHIN_MS = 600_000;
const REPUBLISHED_WITHIN_MS = 120_000;

it(`row 10: ${ENVIRONMENTS} environments are on NATS again after it lost its power, and no edge was empty`, async () => {
  const scene = openScene();
  const { nats, cut, how } = await openNats(scene);
  const { api, edge } = await openLine(scene, nats);
  const environments = await makeEnvironments(api);
  const { secret: key } = await makeKey(api, 'shop-0', 'e-0', 'server');
  const answer = async () => (await askOverOfrep(edge.url, key, 'counter')).text;
  await until('the edge answers', MADE_WITHIN_MS, async () =>
    (await answer()).includes('"value":7') ? true : undefined,
  );
  const republished = async () => (await api.get<Status>('/status')).reconciled?.republished ?? 0;
  const before = await republished();

  await cut();
  expect(await answer()).toContain('"value":7');
  const poweredAt = performance.now();
  for (const node of nats.nodes) await node.start();
  const bus = createNatsBus({ servers: nats.url.split(',') });
  scene.atEnd(() => bus.stop());
  // A node may say for minutes that it is not well, while the others do all there is to do.
  await until('JetStream answers', REPUBLISHED_WITHIN_MS, async () => {
    const { problem, replicas } = await bus.state();
    return replicas !== null || problem?.includes('is not there yet') === true ? true : undefined;
  });
  const readyAt = performance.now();
  await until('something is published again', REPUBLISHED_WITHIN_MS, async () =>
    (await republished()) > before ? true : undefined,
  );
  const foundAt = performance.now();
  await until('all is on the bus', REPUBLISHED_WITHIN_MS, async () =>
    (await bus.log.heads()).size === environments ? true : undefined,
  );
  const doneAt = performance.now();
  expect(await answer()).toContain('"value":7');
  const lost = (await republished()) - before;
  const change = { ifMatch: '*', reason: 'after the cut' };
  await api.write('PATCH', '/projects/shop-0/environments/e-0/flags/counter', { variants: { now: 8 } }, change);
  await until('the next change', 60_000, async () => ((await answer()).includes('"value":8') ? true : undefined));
  const ms = (from: number, to: number): number => Math.round(to - from);
  const found = {
    nats: findNatsServer().version,
    cut: how,
    environments,
    lost,
    ms: { answered: ms(poweredAt, readyAt), found: ms(readyAt, foundAt), republished: ms(readyAt, doneAt) },
  };
  console.log(`nats loss: ${JSON.stringify(found)}`);
  await keepResult(`nats-loss-${found.nats}`, found);
}, 1_800_000);

/** On a disk whose power can be cut; where there is none, what the servers stored is removed. */
async function openNats(scene: Scene) {
  const obstacle = process.env['LOSS'] === 'files' ? 'not asked for' : await findObstacle(scene);
  const disk = obstacle === null ? await makeDisk(scene, 128 + Math.ceil(ENVIRONMENTS)) : null;
  const nats: NatsServers = await startNats(3, disk === null ? {} : { folder: disk.path });
  scene.atEnd(() => nats.stop());
  const killAll = async (): Promise<void> => {
    await Promise.all(nats.nodes.map((node) => node.kill()));
  };
  async function cut(): Promise<void> {
    if (disk === null) {
      await killAll();
      for (const node of nats.nodes) await node.empty();
      return;
    }
    for (const node of nats.nodes) node.signal('SIGSTOP');
    await disk.cut(killAll);
  }
  return { nats, cut, how: disk === null ? 'files removed' : 'copy of the disk' };
}

async function openLine(scene: Scene, nats: NatsServers) {
  const database = await createDatabase(inject('flaghoistPostgresUrl'));
  scene.atEnd(() => database.drop());
  const place = async (roles: string) => ({
    data: await scene.folder(),
    databaseUrl: database.url,
    args: ['--roles', roles],
    env: { NATS_URL: nats.url },
  });
  const control = await startServer(scene, await place('control,publisher,worker'));
  const api = await setUp(control);
  const edge = await startServer(scene, await place('edge'));
  return { api, edge };
}

/** How many were made, each of some 50 kB, and published. */
async function makeEnvironments(api: ManagementApi): Promise<number> {
  for (let project = 0; project * IN_PROJECT < ENVIRONMENTS; project++) {
    const key = `shop-${project}`;
    const environments = Array.from({ length: IN_PROJECT }, (_, i) => `e-${i}`);
    await api.write('POST', '/projects', { key, environments });
    const counter = { key: 'counter', type: 'number', variants: { now: 7 }, defaultVariant: 'now', enabled: true };
    await api.write('POST', `/projects/${key}/flags`, counter);
    for (let flag = 0; flag < FLAGS; flag++) {
      const variants = { on: 'x'.repeat(FLAG_BYTES) };
      const text = { key: `text-${flag}`, type: 'string', variants, defaultVariant: 'on', enabled: true };
      await api.write('POST', `/projects/${key}/flags`, text);
    }
  }
  return until('all is published', MADE_WITHIN_MS, async () => {
    const { environments } = await api.get<Status>('/status');
    return environments.every(({ revision, published }) => revision === published) ? environments.length : undefined;
  });
}
