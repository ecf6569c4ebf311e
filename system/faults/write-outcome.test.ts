/** A server that stands still after a commit: the writer learns from another one what became of his change. */
import { randomUUID } from 'node:crypto';
import { createDatabase } from '@flaghoist/testkit/postgres';
import { expect, inject, it } from 'vitest';
import { atPoint, isStopped } from '../at-point.ts';
import { type AuditEntry, openManagementApi, setUp } from '../management-api.ts';
import { startServer } from '../running-server.ts';
import { openScene } from '../scene.ts';
import { until } from '../until.ts';

const ENVIRONMENT = '/projects/shop/environments/production';

it('row 2: a server stopped between commit and reply answers nobody; a retry at another one tells the truth, once', async () => {
  const scene = openScene();
  const database = await createDatabase(inject('flaghoistPostgresUrl'));
  scene.atEnd(() => database.drop());
  const place = { databaseUrl: database.url, args: ['--roles', 'control,publisher'] };
  const env = { FLAGHOIST_SECRET: randomUUID() };
  const other = await startServer(scene, { ...place, env, data: await scene.folder() });
  const api = await setUp(other);
  await api.write('POST', '/projects', { key: 'shop', environments: ['production'] });
  await api.write('POST', '/projects/shop/flags', { key: 'checkout', type: 'boolean' });
  // Started with a set-up database, so that the write below is the first one that it commits.
  const stopping = await startServer(scene, {
    ...place,
    env: { ...env, ...atPoint('write.committed', 1, 'SIGSTOP') },
    data: await scene.folder(),
  });
  const { pid } = stopping.program;
  const before = (await api.list<AuditEntry>(`${ENVIRONMENT}/audit`)).length;

  const options = { ifMatch: '*', idempotencyKey: randomUUID() };
  const edit = (at: typeof api) => at.send('PATCH', `${ENVIRONMENT}/flags/checkout`, { enabled: true }, options);
  // Nobody answers: the client gives up by itself.
  const first = edit(openManagementApi(stopping.url, api.token)).catch(() => null);
  await until('the server stands still', 30_000, async () => ((await isStopped(pid)) ? true : undefined));
  const retry = await edit(api);
  expect([retry.status, retry.headers.get('idempotency-replayed')]).toEqual([200, 'true']);
  expect(retry.body).toMatchObject({ key: 'checkout', enabled: true });

  stopping.program.signal('SIGCONT');
  const late = await first;
  if (late !== null) expect([late.status, late.body]).toEqual([200, retry.body]);
  const again = await edit(openManagementApi(stopping.url, api.token));
  expect([again.status, again.headers.get('idempotency-replayed')]).toEqual([200, 'true']);
  expect(await api.list<AuditEntry>(`${ENVIRONMENT}/audit`)).toHaveLength(before + 1);
  expect(await api.get(`${ENVIRONMENT}/audit/verify`)).toMatchObject({ intact: true });
  expect(await stopping.stop()).toMatchObject({ code: 0 });
}, 120_000);
