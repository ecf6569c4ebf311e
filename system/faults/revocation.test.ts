/** Keys that are revoked: how soon each process refuses them, and what is left of it when everything above is dead. */
import { request } from 'node:http';
import { startNats } from '@flaghoist/testkit/nats';
import { createDatabase } from '@flaghoist/testkit/postgres';
import { expect, inject, it } from 'vitest';
import { makeKey, type ManagementApi, setUp } from '../management-api.ts';
import { type RunningServer, type ServerPlace, startServer } from '../running-server.ts';
import { openScene, type Scene } from '../scene.ts';
import { startStreamReader } from '../stream-reader.ts';
import { linkTo } from '../link.ts';
import { until } from '../until.ts';

const WITHIN_MS = 60_000;
/** What is promised. */
const REFUSED_WITHIN_MS = 5_000;
/** At an edge whose streams are held back, which polls every 2.4 to 3.6 s: with room for a machine that is slow. */
const POLLED_WITHIN_MS = 10_000;

interface Key {
  readonly id: string;
  readonly secret: string;
}

it('row 30: over NATS revoked keys are refused within 5 s by its edges, their workers, edges two deep and one that can only poll, and stay so', async () => {
  const scene = openScene();
  const database = await createDatabase(inject('flaghoistPostgresUrl'));
  scene.atEnd(() => database.drop());
  const nats = await startNats(3);
  scene.atEnd(() => nats.stop());
  const over = async (...args: readonly string[]): Promise<ServerPlace> => ({
    data: await scene.folder(),
    databaseUrl: database.url,
    args: ['--roles', ...args],
    env: { NATS_URL: nats.url },
  });
  const control = await startServer(scene, await over('control'));
  const publisher = await startServer(scene, await over('publisher,worker'));
  const api = await setUp(control);
  const keys = await makeShop(api);
  const bus = await startServer(scene, await over('edge', '--workers', '2'));
  const wire = await linkTo(scene, bus.port);
  const holding = await linkTo(scene, bus.port);
  holding.harm({ kind: 'hold', path: '/native/v1/stream' });
  const polling = await startServer(scene, await below(scene, holding.port, keys.relay));
  const middle = await startServer(scene, await below(scene, wire.port, keys.relay));
  const bottomPlace = await below(scene, middle.port, keys.relay);
  let bottom = await startServer(scene, bottomPlace);
  const edges = [bus, middle, bottom];
  for (const edge of [...edges, polling])
    for (const { secret } of Object.values(keys)) await answers(edge, secret, [200, 403]);
  const readers = [bus, bus, bus, bus, middle, bottom].map(({ url }) =>
    startStreamReader(scene, { url, key: keys.server.secret, after: 1 }),
  );
  await until('open streams', WITHIN_MS, async () => readers.every(({ open }) => open) || undefined);

  await until('an edge that polls', WITHIN_MS, async () =>
    polling.program.stderr.includes('Polling instead') ? true : undefined,
  );
  // Revoked while a part is cut off: whoever can be reached refuses, the others when they can.
  wire.harm({ kind: 'stall' });
  await revoke(api, keys.early);
  const earlyAt = performance.now();
  await refuse([bus], keys.early);
  await refuse([polling], keys.early, earlyAt, POLLED_WITHIN_MS);
  console.log(`refused by an edge that polls after ${Math.round(performance.now() - earlyAt)} ms`);
  for (const edge of [middle, bottom]) await answers(edge, keys.early.secret, [200]);
  wire.heal();
  await refuse([middle, bottom], keys.early);

  // Those of SDKs first, that of the edges last; and nobody is left to manage anything.
  for (const key of [keys.server, keys.client, keys.relay]) await revoke(api, key);
  const revokedAt = performance.now();
  await control.kill();
  for (const key of [keys.server, keys.client, keys.relay]) await refuse(edges, key, revokedAt);
  await until('the end of all streams', REFUSED_WITHIN_MS, async () => {
    const over = readers.every(({ open, refused }) => !open && refused === 401);
    return over || undefined;
  });
  expect(performance.now() - revokedAt).toBeLessThan(REFUSED_WITHIN_MS);
  await bottom.kill();

  // An edge whose own key was revoked answers from what it has. So does one that starts with nothing above it.
  await publisher.kill();
  await bus.kill();
  for (const edge of [middle]) await answers(edge, keys.lasting.secret, [200]);
  await middle.kill();
  bottom = await startServer(scene, bottomPlace);
  for (const key of [keys.early, keys.server, keys.client]) await answers(bottom, key.secret, [401]);
  await answers(bottom, keys.relay.secret, [401]);
  await answers(bottom, keys.lasting.secret, [200]);
  expect(await bottom.stop()).toMatchObject({ code: 0 });
}, 240_000);

async function makeShop(api: ManagementApi) {
  await api.write('POST', '/projects', { key: 'shop', environments: ['production'] });
  const flag = { key: 'banner', type: 'boolean', clientVisible: true, defaultVariant: 'on', enabled: true };
  await api.write('POST', '/projects/shop/flags', flag);
  const make = (kind: 'server' | 'client' | 'relay'): Promise<Key> => makeKey(api, 'shop', 'production', kind);
  return {
    server: await make('server'),
    client: await make('client'),
    relay: await make('relay'),
    early: await make('server'),
    lasting: await make('server'),
  };
}

async function below(scene: Scene, port: number, relay: Key): Promise<ServerPlace> {
  const args = ['--roles', 'edge', '--upstream', `http://127.0.0.1:${port}`];
  return { data: await scene.folder(), args, env: { FLAGHOIST_RELAY_KEY: relay.secret } };
}

async function revoke(api: ManagementApi, { id }: Key): Promise<void> {
  await api.write('POST', `/projects/shop/keys/${id}/revoke`);
}

/** Every edge, and every worker of it, within the promise. */
async function refuse(
  edges: readonly RunningServer[],
  key: Key,
  since = performance.now(),
  withinMs = REFUSED_WITHIN_MS,
): Promise<void> {
  for (const edge of edges)
    await until(`${edge.url} refuses a key`, withinMs, async () => {
      const statuses = await Promise.all(Array.from({ length: 4 }, () => ask(edge, key.secret)));
      return statuses.every((status) => status === 401) || undefined;
    });
  expect(performance.now() - since).toBeLessThan(withinMs);
}

async function answers(edge: RunningServer, secret: string, expected: readonly number[]): Promise<void> {
  await until(`${edge.url} answers`, WITHIN_MS, async () => {
    const statuses = await Promise.all(Array.from({ length: 4 }, () => ask(edge, secret)));
    return statuses.every((status) => expected.includes(status)) || undefined;
  });
}

/** Each time on a connection of its own: one connection stays with one worker. A relay key may not evaluate: 403. */
function ask({ port }: RunningServer, secret: string): Promise<number> {
  const headers = { authorization: `Bearer ${secret}`, 'content-type': 'application/json' };
  const options = { host: '127.0.0.1', port, path: '/ofrep/v1/evaluate/flags/banner', method: 'POST', agent: false };
  return new Promise((resolve, reject) => {
    const asked = request({ ...options, headers }, (answer) => {
      answer.resume().on('end', () => resolve(answer.statusCode ?? 0));
      answer.on('error', reject);
    });
    asked.on('error', reject).end(JSON.stringify({ context: { targetingKey: 'ann' } }));
  });
}
