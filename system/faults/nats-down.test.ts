/** Roles in processes of their own over PostgreSQL and NATS; NATS dies, comes back with nothing, and nobody had to know. */
import { findNatsServer, type NatsServers, startNats } from '@flaghoist/testkit/nats';
import { createDatabase } from '@flaghoist/testkit/postgres';
import { expect, inject, it } from 'vitest';
import { openCommandLine } from '../command-line.ts';
import { awaitCounts } from '../evaluation-counts.ts';
import { makeKey, type ManagementApi, setUp, type Status } from '../management-api.ts';
import { askOverOfrep } from '../ofrep.ts';
import { type RunningServer, type ServerPlace, startServer } from '../running-server.ts';
import { openScene, type Scene } from '../scene.ts';
import { until } from '../until.ts';

const ENVIRONMENT = '/projects/shop/environments/production';
const ASKED = 50;
/** The publisher compares every 30 s what it published with what is on the bus. */
const REPUBLISHED_WITHIN_MS = 90_000;

interface Topology {
  readonly control: RunningServer;
  readonly edgePlace: ServerPlace;
  readonly nats: NatsServers;
  readonly api: ManagementApi;
  readonly key: string;
}

it('row 8, row 10: with NATS dead edges serve and start, edits are taken; it comes back empty, and all goes on', async () => {
  const scene = openScene();
  const { control, edgePlace, nats, api, key } = await openTopology(scene);
  const [node] = nats.nodes;
  const door = openDoor(key);
  let edge = await startServer(scene, edgePlace);
  await set(api, 1);
  await door.expect(edge, 1);
  for (let asked = 0; asked < ASKED; asked++) await door.ask(edge);
  await expectCounts(api, door.answered());
  const well = await api.get<Status>('/status');
  expect(well.bus).toMatchObject({ kind: 'nats', version: findNatsServer().version, problem: null });
  expect(well.bus.replicas).toEqual({ wanted: 1, current: 1 });
  expect(well.bus.acknowledgement).toMatch(/^held by one server; written to disk within /);
  expect(well.reconciled).toMatchObject({ mismatches: 0 });

  await node?.kill();
  await set(api, 2);
  expect(await door.ask(edge)).toBe(1);
  await until('a status that says so', 20_000, async () => {
    const { bus, exposures } = await api.get<Status>('/status');
    return bus.problem === 'No NATS server can be reached.' && exposures.queued === null ? true : undefined;
  });
  const terminal = await openCommandLine(scene);
  const status = await terminal.run('status', '--url', control.url, '--token', api.token);
  expect(status.stdout).toMatch(/bus problem +No NATS server can be reached\./);
  expect(await edge.stop()).toMatchObject({ code: 0 });
  edge = await startServer(scene, edgePlace);
  for (let asked = 0; asked < ASKED; asked++) expect(await door.ask(edge)).toBe(1);
  expect(control.program.running).toBe(true);

  await node?.empty();
  await node?.start();
  await nats.ready();
  await door.expect(edge, 2, REPUBLISHED_WITHIN_MS);
  await set(api, 3);
  await door.expect(edge, 3);
  await expectCounts(api, door.answered());
  const after = await api.get<Status>('/status');
  expect(after.bus).toMatchObject({ kind: 'nats', problem: null });
  expect(after.reconciled).toMatchObject({ mismatches: 0 });
  expect(after.reconciled?.republished).toBeGreaterThanOrEqual(1);

  // With NATS away nobody waits for it in the end either.
  await node?.kill();
  await set(api, 4);
  await door.ask(edge);
  for (const server of [edge, control]) {
    const { code, stderr } = await server.stop();
    expect(code, stderr).toBe(0);
    expect(stderr).not.toContain('Not done within');
  }
}, 300_000);

it('an edge that finds no database at its side is told so, and NATS without PostgreSQL is refused', async () => {
  const scene = openScene();
  const env = { NATS_URL: 'nats://127.0.0.1:1' };
  for (const roles of ['edge', 'control,publisher,worker,edge']) {
    const place = { data: await scene.folder(), args: ['--roles', roles], env };
    await expect(startServer(scene, place)).rejects.toThrow('set DATABASE_URL too');
  }
});

async function openTopology(scene: Scene): Promise<Topology> {
  const database = await createDatabase(inject('flaghoistPostgresUrl'));
  scene.atEnd(() => database.drop());
  const nats = await startNats(1);
  scene.atEnd(() => nats.stop());
  const place = async (roles: string): Promise<ServerPlace> => ({
    data: await scene.folder(),
    databaseUrl: database.url,
    args: ['--roles', roles],
    env: { NATS_URL: nats.url },
  });
  const control = await startServer(scene, await place('control,publisher,worker'));
  const api = await setUp(control);
  await api.write('POST', '/projects', { key: 'shop', environments: ['production'] });
  const flag = { key: 'counter', type: 'number', variants: { now: 0 }, defaultVariant: 'now', enabled: true };
  await api.write('POST', '/projects/shop/flags', flag);
  const { secret: key } = await makeKey(api, 'shop', 'production', 'server');
  return { control, edgePlace: await place('edge'), nats, api, key };
}

async function set(api: ManagementApi, value: number): Promise<void> {
  const options = { ifMatch: '*', reason: `value ${value}` };
  await api.write('PATCH', `${ENVIRONMENT}/flags/counter`, { variants: { now: value } }, options);
}

async function expectCounts(api: ManagementApi, made: number): Promise<void> {
  expect(await awaitCounts(api, ENVIRONMENT, made)).toMatchObject({ evaluations: made, missing: 0, dropped: 0 });
}

/** Asks for the flag's value and counts every answer. */
function openDoor(key: string) {
  let answered = 0;

  /** Undefined: there is no answer yet. */
  async function ask({ url }: RunningServer): Promise<unknown> {
    const { status, text } = await askOverOfrep(url, key, 'counter');
    if (status !== 200) return undefined;
    answered += 1;
    return (JSON.parse(text) as { readonly value: unknown }).value;
  }

  return {
    ask,
    answered: () => answered,
    expect: (edge: RunningServer, value: number, withinMs = 30_000) =>
      until(`value ${value} at the edge`, withinMs, async () => ((await ask(edge)) === value ? true : undefined)),
  };
}
