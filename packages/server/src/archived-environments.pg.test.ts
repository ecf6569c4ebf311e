/** An archived environment lets nobody in any more. */
import type { SdkKey, SdkKeyCreated } from '@flaghoist/protocol/management';
import { createDatabase } from '@flaghoist/testkit/postgres';
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { DATABASE_KINDS, type DatabasePlace, makePlace } from '../test-support/database-place.ts';
import { listAll, makeProject } from '../test-support/project-in-use.ts';
import { type Hands, type RunningServerUnderTest, setUp, startOn } from '../test-support/running-server.ts';
import { startOver, stopCleanly } from '../test-support/started.ts';
import { until } from '../test-support/until.ts';

describe.each(DATABASE_KINDS)('an archived environment over the %s', (kind) => {
  let place: DatabasePlace;
  let server: RunningServerUnderTest;
  let admin: Hands;

  beforeAll(async () => {
    ({ place, server, admin } = await startOver(kind));
  });
  afterAll(() => stopCleanly({ place, server }));

  const mint = (project: string, keyKind: string, environments: readonly string[]) =>
    admin.write<SdkKeyCreated>('POST', `${project}/keys`, { kind: keyKind, environments });
  const archive = (path: string) => admin.send('POST', `${path}/archive`, undefined, { ifMatch: '*' });

  /** What the native door says to a key. */
  async function knock(key: SdkKeyCreated, project?: string, environment?: string): Promise<number> {
    const id =
      environment === undefined ? '' : (await admin.get<{ id: string }>(`${project}/environments/${environment}`)).id;
    const query = id === '' ? '' : `?environment=${id}`;
    return (await server.client.send({ path: `/native/v1/ruleset${query}`, token: key.secret })).status;
  }

  it('has no working key, while relay keys go on elsewhere', async () => {
    const project = await makeProject(admin, { environments: ['production', 'staging'], flags: ['checkout'] });
    const old = await mint(project, 'server', ['staging']);
    const client = await mint(project, 'client', ['staging']);
    const other = await mint(project, 'server', ['production']);
    const relay = await mint(project, 'relay', ['production', 'staging']);
    await until('the keys work', async () => (await knock(old)) === 200 && (await knock(other)) === 200);
    await until('the relay key works', async () => (await knock(relay, project, 'staging')) === 200);

    expect((await archive(`${project}/environments/staging`)).status).toBe(200);
    await until('the key does not work', async () => (await knock(old)) === 401, 5_000);
    await until(
      'the relay key does not work here',
      async () => [401, 403, 404].includes(await knock(relay, project, 'staging')),
      5_000,
    );
    expect(await knock(client)).toBe(401);
    expect([await knock(other), await knock(relay, project, 'production')]).toEqual([200, 200]);
    const keys = await listAll<SdkKey>(admin, `${project}/keys`);
    const revoked = keys.filter(({ revokedAt }) => revokedAt !== null).map(({ id }) => id);
    expect(revoked.sort()).toEqual([old.id, client.id].sort());

    const again = await admin.send('POST', `${project}/keys`, { kind: 'server', environments: ['staging'] });
    expect([again.status, again.text]).toEqual([400, expect.stringContaining('$.environments[0]')]);
    const edited = await admin.send(
      'PATCH',
      `${project}/environments/staging/flags/checkout`,
      { enabled: true },
      { ifMatch: '*' },
    );
    expect(edited.status).toBe(409);
    expect((await admin.get<{ enabled: boolean }>(`${project}/environments/staging/flags/checkout`)).enabled).toBe(
      false,
    );
  });

  it('comes with an archived project, all of them', async () => {
    const project = await makeProject(admin, { environments: ['production', 'staging'], flags: ['checkout'] });
    const keys = [await mint(project, 'server', ['production']), await mint(project, 'server', ['staging'])];
    const relay = await mint(project, 'relay', ['production', 'staging']);
    const works = async (status: number) =>
      (await Promise.all(keys.map((key) => knock(key)))).every((one) => one === status);
    await until('the keys work', () => works(200));
    expect((await archive(project)).status).toBe(200);
    await until('no key works', () => works(401), 5_000);
    await until('the relay key does not work', async () => (await knock(relay, project, 'production')) !== 200, 5_000);
    const environments = await listAll<{ archivedAt: string | null }>(admin, `${project}/environments`);
    expect(environments.every(({ archivedAt }) => archivedAt !== null)).toBe(true);
    expect((await admin.send('POST', `${project}/flags`, { key: 'late', type: 'boolean' })).status).toBe(409);
  });
});

describe('the archiving of an environment over PostgreSQL', () => {
  let place: DatabasePlace;
  let server: RunningServerUnderTest;
  let admin: Hands;

  beforeAll(async () => {
    place = await makePlace('PostgreSQL', () => createDatabase(inject('flaghoistPostgresUrl')));
    server = await startOn(place);
    admin = await setUp(server);
  });
  afterAll(async () => {
    await server.stop();
    await place.remove();
  });

  it.each([
    ['a new key', 'POST', '/keys', { kind: 'server', environments: ['production'] }],
    ['an edit', 'PATCH', '/environments/production/flags/checkout', { enabled: true }],
    ['a new segment', 'POST', '/environments/production/segments', { key: 'late' }],
  ])('refuses %s that was under way when it was archived', async (_, method, path, body) => {
    const project = await makeProject(admin, { flags: ['checkout'] });
    const { id } = await admin.get<{ id: string }>(`${project}/environments/production`);
    const [holder, watcher] = [0, 1].map(() => new Client({ connectionString: place.databaseUrl })) as [Client, Client];
    await Promise.all([holder.connect(), watcher.connect()]);
    const waiting = async (count: number) => {
      const { rows } = await watcher.query<{ n: number }>(
        `select count(*)::int as n from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
      );
      return rows[0]?.n === count;
    };
    await holder.query('begin');
    await holder.query('select 1 from revision_counters where environment_id = $1 for update', [id]);
    const archiving = admin.send('POST', `${project}/environments/production/archive`, undefined, { ifMatch: '*' });
    await until('the archiving waits', () => waiting(1));
    const late = admin.send(method, `${project}${path}`, body, { ifMatch: '*' });
    await until('the late write waits behind it', () => waiting(2));
    await holder.query('commit');
    await Promise.all([holder.end(), watcher.end()]);
    expect((await archiving).status).toBe(200);
    const { status, text } = await late;
    expect([400, 409], text).toContain(status);
  });
});
