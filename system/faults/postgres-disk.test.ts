/** Rows 6 and 7 of the failure matrix: the disk of PostgreSQL is full, and what is on it is of yesterday. */
import { createHash } from 'node:crypto';
import { startBackupOf, startPostgresServer } from '@flaghoist/testkit/postgres';
import { expect, it } from 'vitest';
import { openCommandLine } from '../command-line.ts';
import { makeKey, type ManagementApi, openManagementApi, setUp, type Status } from '../management-api.ts';
import { makeMemoryDisk } from '../memory-disk.ts';
import { askOverOfrep } from '../ofrep.ts';
import { launchServer, type RunningServer, startServer } from '../running-server.ts';
import { openScene } from '../scene.ts';
import { until } from '../until.ts';

const ENVIRONMENT = '/projects/shop/environments/production';
const SOON_MS = 60_000;
const MEGABYTES = 160;
const NAMES = 100;
/** More than fits into what is left of the log and the tables. */
const MOST_EDITS = 3_000;

it('row 6: with the disk of PostgreSQL full edits fail cleanly, evaluations go on, and nothing acknowledged is lost', async (context) => {
  const scene = openScene();
  const made = await makeMemoryDisk(scene, MEGABYTES);
  if (made.disk === null) {
    console.warn(`NOT TESTED on this machine: a full disk. ${made.obstacle}`);
    context.skip(made.obstacle);
    return;
  }
  const { disk } = made;
  const postgres = await startPostgresServer({ parent: disk.path, settings: { max_wal_size: '48MB' } });
  scene.atEnd(() => postgres.stop());
  const server = await startServer(scene, {
    data: await scene.folder(),
    databaseUrl: postgres.url,
    args: ['--write-deadline', '2s', '--api-rate-limit', '100000'],
  });
  const { api, key } = await prepare(server);
  await disk.fill();
  const acknowledged: number[] = [];
  for (let value = 1; value <= MOST_EDITS; value++) {
    const { status, body } = await setValue(api, value);
    if (status === 200) acknowledged.push(value);
    else {
      expect([status, (body as { readonly code: string }).code]).toEqual([503, 'outcome_unknown']);
      break;
    }
  }
  expect(acknowledged.length).toBeLessThan(MOST_EDITS);
  expect(await valueAt(server, key)).toBeGreaterThanOrEqual(0);

  await disk.relieve();
  // PostgreSQL ends when it cannot write its log; it is for whoever looks after it to start it again.
  await postgres.restart().catch((error: Error) => {
    if (!error.message.includes('still runs')) throw error;
  });
  const last = (acknowledged.at(-1) ?? 0) + 1;
  await until('an edit is taken', SOON_MS, async () => ((await setValue(api, last)).status === 200 ? true : undefined));
  await until('it is served', SOON_MS, async () => ((await valueAt(server, key)) === last ? true : undefined));
  const reasons = (await api.list<{ readonly body: { readonly reason: string | null } }>(`${ENVIRONMENT}/audit`))
    .map(({ body }) => Number(body.reason?.replace('value ', '')))
    .filter((value) => value > 0)
    .toReversed();
  expect([...new Set(reasons)]).toEqual([...acknowledged, last]);
  expect(await api.get(`${ENVIRONMENT}/audit/verify`)).toMatchObject({ intact: true });
  expect(await server.stop()).toMatchObject({ code: 0 });
}, 300_000);

it('row 7: an old backup in the place of the database is refused, until the epoch is raised; no edge goes back by itself', async () => {
  const scene = openScene();
  const postgres = await startPostgresServer();
  scene.atEnd(() => postgres.stop());
  const place = { data: await scene.folder(), args: ['--roles', 'control,publisher,worker'] };
  const edgePlace = { data: await scene.folder(), args: ['--roles', 'edge'] };
  let server = await startServer(scene, { ...place, databaseUrl: postgres.url });
  const { api, key } = await prepare(server);
  expect((await setValue(api, 1)).status).toBe(200);
  const backup = await startBackupOf(postgres);
  scene.atEnd(() => backup.stop());
  for (let value = 2; value <= 12; value++) expect((await setValue(api, value)).status).toBe(200);
  let edge = await startServer(scene, { ...edgePlace, databaseUrl: postgres.url });
  await until('the newest is served', SOON_MS, async () => ((await valueAt(edge, key)) === 12 ? true : undefined));
  for (const running of [server, edge]) expect(await running.stop()).toMatchObject({ code: 0 });
  await postgres.stop();

  const refused = await launchServer(scene, { ...place, databaseUrl: backup.url }).ended;
  expect(refused).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/older copy.*flaghoist restore --raise-epoch/s),
  });
  edge = await startServer(scene, { ...edgePlace, databaseUrl: backup.url });
  expect(await valueAt(edge, key)).toBe(12);
  expect(edge.program.stderr).toContain('older copy');

  expect(await edge.stop()).toMatchObject({ code: 0 });
  const terminal = await openCommandLine(scene);
  const raising = ['restore', '--raise-epoch', '--database-url', backup.url, '--output', 'json'];
  const raised = await terminal.run(...raising);
  expect(raised).toMatchObject({ code: 0 });
  server = await startServer(scene, { ...place, databaseUrl: backup.url });
  const { epoch } = JSON.parse(raised.stdout) as { readonly epoch: number };
  edge = await startServer(scene, { ...edgePlace, databaseUrl: backup.url });
  const { environments } = await openManagementApi(server.url, api.token).get<Status>('/status');
  expect(environments.map((one) => one.epoch)).toEqual([epoch]);
  await until('what the backup holds is served', SOON_MS, async () =>
    (await valueAt(edge, key)) === 1 ? true : undefined,
  );
  for (const running of [server, edge]) expect(await running.stop()).toMatchObject({ code: 0 });
}, 300_000);

async function prepare(server: RunningServer): Promise<{ readonly api: ManagementApi; readonly key: string }> {
  const api = await setUp(server);
  await api.write('POST', '/projects', { key: 'shop', environments: ['production'] });
  const flag = { key: 'counter', type: 'number', variants: { now: 0 }, defaultVariant: 'now', enabled: true };
  await api.write('POST', '/projects/shop/flags', flag);
  return { api, key: (await makeKey(api, 'shop', 'production', 'server')).secret };
}

/** An edit that fills the disk a little. The same request each time, for one value. */
function setValue(api: ManagementApi, value: number) {
  const names = Array.from({ length: NAMES }, (_, i) => createHash('sha256').update(`${value} ${i}`).digest('hex'));
  const rule = {
    id: 'r',
    conditions: [{ attribute: 'name', operator: 'in', values: names }],
    serve: { variant: 'now' },
  };
  const options = { ifMatch: '*', idempotencyKey: `value-${value}-of-this-test`, reason: `value ${value}` };
  return api.send('PATCH', `${ENVIRONMENT}/flags/counter`, { variants: { now: value }, rules: [rule] }, options);
}

async function valueAt(edge: RunningServer, key: string): Promise<unknown> {
  const { text } = await askOverOfrep(edge.url, key, 'counter');
  return (JSON.parse(text) as { readonly value: unknown }).value;
}
