/** The embedded database ends well, and can be put back to a backup without anybody mixing up what was and what is. */
import { readdir } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { startProviderApplication } from '../application.ts';
import { createChangeWriter } from '../change-writer.ts';
import { openCommandLine } from '../command-line.ts';
import { makeKey, type ManagementApi, setUp, type Status } from '../management-api.ts';
import { type RunningServer, startServer } from '../running-server.ts';
import { openScene, type Scene } from '../scene.ts';
import { until } from '../until.ts';

const PLACE = { project: 'shop', environment: 'production', flag: 'counter' } as const;
const ENVIRONMENT = '/projects/shop/environments/production';
const CONTEXT = { targetingKey: 'somebody' };
/** The provider has met a break by then and waits up to 30 s before it looks again. */
const PROVIDER_CATCHES_UP_MS = 60_000;

interface Restored {
  readonly backup: string;
  readonly epoch: number;
  readonly setAside: string;
}

async function makeFlag(server: RunningServer): Promise<ManagementApi> {
  const api = await setUp(server);
  await api.write('POST', '/projects', { key: 'shop', environments: ['production'] });
  const flag = { key: 'counter', type: 'number', variants: { now: 0 }, defaultVariant: 'now', enabled: true };
  await api.write('POST', '/projects/shop/flags', flag);
  return api;
}

async function startFollower(scene: Scene, { url }: RunningServer, key: string) {
  const first = { flag: 'counter', fallback: -1, context: CONTEXT };
  const provider = await startProviderApplication(scene, { url, key, dataDir: await scene.folder() }, first);
  const ask = async () => (await provider.evaluate('counter', -1, [CONTEXT]))[0];
  return {
    provider,
    ask,
    reaches: (value: number) =>
      until(`the follower at value ${value}`, PROVIDER_CATCHES_UP_MS, async () => {
        const answer = await ask();
        return answer?.value === value ? answer : undefined;
      }),
  };
}

it('row 36, row 7: a second process is refused; a database put back to a backup counts on in a new epoch, and a follower that saw more takes it', async () => {
  const scene = openScene();
  const data = await scene.folder();
  const env = { FLAGHOIST_BACKUP_EVERY: '1s', FLAGHOIST_BACKUPS_KEPT: '1000' };
  const server = await startServer(scene, { data, env });
  const api = await makeFlag(server);
  const { secret: key } = await makeKey(api, 'shop', 'production', 'server');
  const follower = await startFollower(scene, server, key);
  const writer = await createChangeWriter(api, PLACE);
  const kept = await writer.write(1);
  const changedAt = new Date().toISOString();
  const newest = await until('a backup after the change', 60_000, async () => {
    const { backups } = await api.get<Status>('/status');
    return backups?.newest != null && backups.newest > changedAt ? backups.newest : undefined;
  });
  const name = newest.replaceAll(':', '-');
  for (const value of [2, 3]) await writer.write(value);
  const seen = await follower.reaches(3);
  expect(seen.revision).toBe(kept.revision + 2);

  const terminal = await openCommandLine(scene);
  const refused = await terminal.run('restore', '--data', data, '--from', name);
  expect(refused).toMatchObject({
    code: 1,
    stderr: expect.stringContaining(`locked by process ${server.program.pid}`),
  });
  expect(await server.stop()).toMatchObject({ code: 0 });
  const listed = await terminal.json<readonly { readonly name: string }[]>('restore', '--list', '--data', data);
  expect(listed.map((one) => one.name)).toContain(name);
  const restored = await terminal.json<Restored>('restore', '--data', data, '--from', name);
  expect(restored.backup).toBe(name);
  expect(await readdir(restored.setAside)).toContain('PG_VERSION');

  await startServer(scene, { data, port: server.port });
  const { items } = await api.get<{ readonly items: readonly object[] }>('/projects/shop/changes?limit=1');
  expect(items).toMatchObject([
    { action: 'database.restore', reason: expect.stringMatching(`${name}.* epoch ${restored.epoch}`) },
  ]);
  const { environments } = await api.get<Status>('/status');
  expect(environments).toMatchObject([{ epoch: restored.epoch, revision: kept.revision, edge: kept.revision }]);
  expect(await follower.reaches(1)).toMatchObject({ revision: kept.revision });
  // The revisions that the follower saw before are used once more, for something else.
  const again = await createChangeWriter(api, PLACE);
  expect(await again.write(20)).toMatchObject({ revision: kept.revision + 1 });
  expect(await follower.reaches(20)).toMatchObject({ revision: kept.revision + 1 });
  expect(await api.get(`${ENVIRONMENT}/audit/verify`)).toMatchObject({ intact: true });
  expect(await follower.provider.close()).toMatchObject({ code: 0 });
}, 240_000);

it('row 36: SIGTERM in the middle of writes ends well, and loses no change that was acknowledged', async () => {
  const scene = openScene();
  const data = await scene.folder();
  let server = await startServer(scene, { data });
  const { port } = server;
  const api = await makeFlag(server);
  const writer = await createChangeWriter(api, PLACE);
  let value = 0;
  for (let round = 1; round <= 3; round++) {
    for (const end = value + 10; value < end; ) await writer.write(++value);
    const writing = writer.write(++value);
    const ending = await server.stop();
    expect(ending).toMatchObject({ code: 0 });
    expect(ending.stderr).not.toContain('failed; going on without it');
    server = await startServer(scene, { data, port });
    await writing;
  }
  expect(await api.get(`${ENVIRONMENT}/flags/counter`)).toMatchObject({ variants: { now: value } });
  const revisions = writer.acknowledged.map(({ revision }) => revision);
  expect(revisions).toEqual(revisions.map((_, i) => (revisions[0] ?? 0) + i));
  expect(await api.get(`${ENVIRONMENT}/audit/verify`)).toMatchObject({ intact: true });
}, 240_000);
