/**
 * The region of the control plane is lost, and another one takes over, step by step as docs/operations/regions.md says:
 * once from a synchronous standby, and once from one that lacks the last changes. No edge is restarted.
 */
import { randomBytes, randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { mintSecret } from '@flaghoist/protocol/keys';
import { sha256 } from '@flaghoist/runtime/crypto';
import { freePort } from '@flaghoist/testkit';
import {
  type PostgresServer,
  queryOnce,
  setSynchronousStandbys,
  STANDBY_NAME,
  startPostgresPair,
  startStandby,
} from '@flaghoist/testkit/postgres';
import { expect, it } from 'vitest';
import { type Application, startProviderApplication } from '../application.ts';
import { ENVIRONMENT, expectHistory, expectUndisturbed } from '../change-checks.ts';
import { createChangeWriter, keepWriting } from '../change-writer.ts';
import { type ChildProgram, runProgram } from '../child-program.ts';
import { openCommandLine } from '../command-line.ts';
import { makeKey, setUp } from '../management-api.ts';
import { askOverOfrep } from '../ofrep.ts';
import { type RunningServer, startServer } from '../running-server.ts';
import { openScene, type Scene } from '../scene.ts';
import { configureRegion, configureShipped, type ShippedNats, startShipped } from '../shipped-nats.ts';
import { until } from '../until.ts';

const PROMOTE = fileURLToPath(new URL('../../deploy/postgresql/promote.sh', import.meta.url));
const PLACE = { project: 'shop', environment: 'production', flag: 'counter' } as const;
const CONTEXT = { targetingKey: 'somebody' };
const LOGIN = 'tls://flaghoist:change-me@localhost';
const ASKED_EVERY_MS = 20;
const SOON_MS = 60_000;
/** What nobody has but the region that is lost. */
const LOST = [1_001, 1_002, 1_003] as const;

interface Region {
  readonly postgres: PostgresServer;
  readonly nats: ShippedNats;
}

interface World {
  readonly regions: readonly [Region, Region, Region];
  readonly databaseUrl: string;
  /** For whoever speaks to the control plane or NATS. */
  env(nats: ShippedNats | { readonly port: number }): Readonly<Record<string, string>>;
  /** Starts NATS of a region, with nothing in it, and the control plane over it, at the name that everybody knows. */
  startNats(region: Region): Promise<ChildProgram>;
  startControl(region: Region): Promise<RunningServer>;
  /** Of regions near by, where an edge follows. */
  readonly leafPort: number;
  readonly nameUrl: string;
}

it('row 3, row 10: the region of the control plane is lost, and another one takes over while edges answer', async () => {
  const scene = openScene();
  const world = await openWorld(scene);
  const [first, second, third] = world.regions;
  const gone = { nats: await world.startNats(first), control: await world.startControl(first) };
  const { api, before, key, edges } = await startEdges(scene, world, gone.control);
  const asking = edges.map((edge) => keepAsking(scene, edge, key));
  const provider = await followWith(scene, edges[0], key);
  const writer = await createChangeWriter(api, PLACE);
  const writing = keepWriting(writer, ASKED_EVERY_MS);
  await until('some changes', SOON_MS, async () => (writer.acknowledged.length > 3 ? true : undefined));

  // The standby was synchronous.
  await lose(first, gone);
  const from = performance.now();
  await promote(scene, second, first);
  const next = { nats: await world.startNats(second), control: await world.startControl(second) };
  const known = writer.acknowledged.length;
  await until('edits are taken', SOON_MS, async () => (writer.acknowledged.length > known + 1 ? true : undefined));
  const editsMs = performance.now() - from;
  const changes = await writing.stop();
  for (const edge of edges) await expectValue(edge, key, changes);
  console.log(`edits after ${seconds(editsMs)}, at all edges after ${seconds(performance.now() - from)}`);
  await expectHistory(api, writer, before, changes);
  await expectUndisturbed(provider, before + changes, changes);

  // The third region's is not, and was away for the last changes.
  await untilReplayed(second.postgres, third.postgres);
  await third.postgres.kill();
  for (const value of LOST) await writer.write(value);
  for (const edge of edges) await expectValue(edge, key, LOST.at(-1) ?? 0);
  await lose(second, next);
  await third.postgres.restart();
  await promote(scene, third, second);
  await world.startNats(third);
  // An edge that has just asked the database something is no reason not to.
  const stranger = mintSecret('server', randomBytes(40), sha256).text;
  await until('the refusal of a stranger', SOON_MS, async () =>
    (await askOverOfrep(edges[0].url, stranger, 'counter')).status === 401 ? true : undefined,
  );
  const terminal = await openCommandLine(scene, world.env(third.nats));
  const raised = await terminal.run('restore', '--raise-epoch', '--database-url', world.databaseUrl);
  expect(raised).toMatchObject({ code: 0 });
  const last = await world.startControl(third);
  for (const edge of edges) await expectValue(edge, key, changes);
  const fresh = await createChangeWriter(api, PLACE);
  await fresh.write(changes + 1);
  for (const edge of edges) await expectValue(edge, key, changes + 1);
  for (const one of asking) expect(await one.end()).toEqual([]);
  for (const edge of [...edges, last]) expect(await edge.stop()).toMatchObject({ code: 0 });
}, 300_000);

/** Three regions of which the first is in use: PostgreSQL A, its synchronous standby B, and C, which follows B. */
async function openWorld(scene: Scene): Promise<World> {
  const pair = await startPostgresPair();
  scene.atEnd(() => pair.stop());
  const third = await startStandby(pair.standby);
  scene.atEnd(() => third.stop());
  await setSynchronousStandbys(pair.primary, STANDBY_NAME);
  const a = await configureShipped(scene);
  const [b, c] = [await configureShipped(scene, { like: a }), await configureShipped(scene, { like: a })];
  const leaf = await configureRegion(scene, a, a.leafPort, [b.leafPort, c.leafPort]);
  await startShipped(scene, leaf.file);
  const port = await freePort();
  const hosts = [pair.primary, pair.standby, third].map((server) => `127.0.0.1:${server.port}`);
  const databaseUrl = `postgres://postgres@${hosts.join(',')}/postgres`;
  const secret = { FLAGHOIST_SECRET: randomUUID(), FLAGHOIST_NATS_CA: a.ca };
  const env: World['env'] = (nats) => ({ ...secret, NATS_URL: `${LOGIN}:${nats.port}` });
  return {
    regions: [
      { postgres: pair.primary, nats: a },
      { postgres: pair.standby, nats: b },
      { postgres: third, nats: c },
    ],
    databaseUrl,
    env,
    startNats: ({ nats }) => startShipped(scene, nats.file),
    startControl: async ({ nats }) =>
      startServer(scene, { data: await scene.folder(), databaseUrl, port, env: env(nats) }),
    leafPort: leaf.port,
    nameUrl: `http://127.0.0.1:${port}`,
  };
}

/** One follows NATS of its region, one the address of the control plane. */
async function startEdges(scene: Scene, world: World, control: RunningServer) {
  const api = await setUp(control);
  await api.write('POST', '/projects', { key: 'shop', environments: ['production'] });
  const flag = { key: 'counter', type: 'number', variants: { now: 0 }, defaultVariant: 'now', enabled: true };
  await api.write('POST', '/projects/shop/flags', flag);
  const { secret: key } = await makeKey(api, 'shop', 'production', 'server');
  const { secret: relay } = await makeKey(api, 'shop', ['production'], 'relay');
  const before = (await api.list(`${ENVIRONMENT}/audit`)).length;
  const edges = await Promise.all([
    startServer(scene, {
      data: await scene.folder(),
      databaseUrl: world.databaseUrl,
      args: ['--roles', 'edge'],
      env: world.env({ port: world.leafPort }),
    }),
    startServer(scene, {
      data: await scene.folder(),
      args: ['--roles', 'edge', '--upstream', world.nameUrl],
      env: { FLAGHOIST_RELAY_KEY: relay },
    }),
  ]);
  for (const edge of edges) await expectValue(edge, key, 0);
  return { api, before, key, edges };
}

async function followWith(scene: Scene, edge: RunningServer, key: string): Promise<Application> {
  const options = { url: edge.url, key, dataDir: await scene.folder() };
  const provider = await startProviderApplication(scene, options, { flag: 'counter', fallback: -1, context: CONTEXT });
  await provider.observe('counter', CONTEXT);
  return provider;
}

/** Everything there is in it, at once and for good. */
async function lose({ postgres }: Region, gone: { readonly nats: ChildProgram; readonly control: RunningServer }) {
  gone.nats.signal('SIGKILL');
  await Promise.all([gone.nats.ended, gone.control.kill(), postgres.kill()]);
}

async function promote(scene: Scene, to: Region, from: Region): Promise<void> {
  const promoted = await runProgram(scene, { command: PROMOTE, args: [to.postgres.url, from.postgres.url] });
  expect(promoted).toMatchObject({ code: 0, stdout: expect.stringContaining('takes writes after') });
}

async function untilReplayed(primary: PostgresServer, standby: PostgresServer): Promise<void> {
  const [{ at } = { at: '' }] = await queryOnce(primary.url, 'select pg_current_wal_lsn()::text as at');
  await until('the standby has all of it', SOON_MS, async () => {
    const [found] = await queryOnce(standby.url, `select pg_last_wal_replay_lsn() >= '${String(at)}'::pg_lsn as all`);
    return found?.['all'] === true ? true : undefined;
  });
}

/** An OFREP client; its end answers whatever was not an evaluation. */
function keepAsking(scene: Scene, { url }: RunningServer, key: string) {
  const over = new AbortController();
  const failures: string[] = [];
  const asking = (async () => {
    while (!over.signal.aborted) {
      const { status, text } = await askOverOfrep(url, key, 'counter').catch((error: unknown) => {
        return { status: 0, text: String(error) };
      });
      if (status !== 200) failures.push(`${url} ${status} ${text}`);
      await sleep(ASKED_EVERY_MS);
    }
  })();
  const end = async (): Promise<readonly string[]> => {
    over.abort();
    await asking;
    return failures;
  };
  scene.atEnd(end);
  return { end };
}

async function expectValue({ url }: RunningServer, key: string, value: number): Promise<void> {
  await until(`value ${value} at an edge`, SOON_MS, async () => {
    const { status, text } = await askOverOfrep(url, key, 'counter');
    return status === 200 && (JSON.parse(text) as { readonly value: unknown }).value === value ? true : undefined;
  });
}

function seconds(ms: number): string {
  return `${(ms / 1_000).toFixed(1)} s`;
}
