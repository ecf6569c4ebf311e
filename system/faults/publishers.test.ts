/** Publishers in processes of their own share the environments; they stand still, lose their database, and die. */
import type { FaultLink } from '@flaghoist/testkit/links';
import { createNatsBus } from '@flaghoist/bus/nats';
import { type NatsServers, startNats } from '@flaghoist/testkit/nats';
import { createDatabase } from '@flaghoist/testkit/postgres';
import { expect, inject, it } from 'vitest';
import { type ManagementApi, setUp, type Status } from '../management-api.ts';
import { type RunningServer, startServer } from '../running-server.ts';
import { openScene, type Scene } from '../scene.ts';
import { linkTo } from '../link.ts';
import { until } from '../until.ts';

const ENVIRONMENTS = ['one', 'two', 'three', 'four'];
/** A lease is good for five seconds and looked at every second; the rest is for a busy machine. */
const TAKEN_OVER_WITHIN_MS = 30_000;

interface Line {
  readonly api: ManagementApi;
  readonly nats: NatsServers;
  readonly publishers: readonly [RunningServer, RunningServer];
  /** Between the first publisher and its database. */
  readonly wire: FaultLink;
}

it('row 14: two publishers share the environments; one that stands still, loses its database or dies is replaced within seconds, and nothing is out of order', async () => {
  const scene = openScene();
  const { api, nats, publishers, wire } = await openLine(scene);
  const [first, second] = publishers;
  const pidOf = ({ program }: RunningServer) => String(program.pid);
  const share = () =>
    until('two environments for each', TAKEN_OVER_WITHIN_MS, async () => {
      const counts = Object.values(await sharesOf(api));
      return counts.length === 2 && counts.every((count) => count === 2) ? true : undefined;
    });
  await share();
  await publishEverywhere(api, 1);

  second.program.signal('SIGSTOP');
  await publishEverywhere(api, 2);
  expect(await sharesOf(api)).toEqual({ [pidOf(first)]: 4 });
  second.program.signal('SIGCONT');
  await publishEverywhere(api, 3);
  await share();

  wire.harm({ kind: 'stall' });
  await publishEverywhere(api, 4);
  expect(await sharesOf(api)).toEqual({ [pidOf(second)]: 4 });
  wire.heal();
  await publishEverywhere(api, 5);
  await share();

  await first.kill();
  await publishEverywhere(api, 6);
  expect(await sharesOf(api)).toEqual({ [pidOf(second)]: 4 });
  expect(await second.stop()).toMatchObject({ code: 0 });

  const bus = createNatsBus({ servers: nats.url.split(',') });
  scene.atEnd(() => bus.stop());
  const heads = await bus.log.heads();
  expect(heads.size).toBe(ENVIRONMENTS.length);
  for (const [stream, { position }] of heads) {
    const messages = await bus.log.readAfter(stream, 0, position);
    const revisions = messages.filter(({ id }) => !id.includes('checkpoint')).map(({ id }) => Number(id.split('.')[2]));
    expect(revisions).toEqual(revisions.map((_, before) => before + 1));
    expect(revisions.length).toBeGreaterThan(6);
  }
}, 300_000);

async function openLine(scene: Scene): Promise<Line> {
  const database = await createDatabase(inject('flaghoistPostgresUrl'));
  scene.atEnd(() => database.drop());
  const nats = await startNats(1);
  scene.atEnd(() => nats.stop());
  const place = async (roles: string, databaseUrl = database.url) => ({
    data: await scene.folder(),
    databaseUrl,
    args: ['--roles', roles],
    env: { NATS_URL: nats.url },
  });
  const control = await startServer(scene, await place('control,edge'));
  const api = await setUp(control);
  const direct = new URL(database.url);
  const wire = await linkTo(scene, Number(direct.port || 5432));
  const throughWire = new URL(database.url);
  throughWire.hostname = '127.0.0.1';
  throughWire.port = String(wire.port);
  const publishers = await Promise.all([
    startServer(scene, await place('publisher', throughWire.href)),
    startServer(scene, await place('publisher')),
  ]);
  await api.write('POST', '/projects', { key: 'shop', environments: ENVIRONMENTS });
  const flag = { key: 'counter', type: 'number', variants: { now: 0 }, defaultVariant: 'now', enabled: true };
  await api.write('POST', '/projects/shop/flags', flag);
  return { api, nats, publishers, wire };
}

/** How many environments each publisher has, by its process id. */
async function sharesOf(api: ManagementApi): Promise<Readonly<Record<string, number>>> {
  const shares: Record<string, number> = {};
  for (const { publisher } of (await api.get<Status>('/status')).environments) {
    const pid = publisher?.split('/').at(-1) ?? 'nobody';
    shares[pid] = (shares[pid] ?? 0) + 1;
  }
  return shares;
}

/** Changes every environment, and waits until the edge serves all of it. */
async function publishEverywhere(api: ManagementApi, value: number): Promise<void> {
  for (const environment of ENVIRONMENTS) {
    const options = { ifMatch: '*', reason: `value ${value}` };
    const path = `/projects/shop/environments/${environment}/flags/counter`;
    await api.write('PATCH', path, { variants: { now: value } }, options);
  }
  await until(`value ${value} everywhere`, TAKEN_OVER_WITHIN_MS, async () => {
    const { environments } = await api.get<Status>('/status');
    return environments.every(({ revision, published, edge }) => published === revision && edge === revision)
      ? true
      : undefined;
  });
}
