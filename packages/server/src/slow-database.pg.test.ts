/** A database that does not answer in time makes an honest answer, not an error of the server's own. */
import { randomUUID } from 'node:crypto';
import { createDatabase } from '@flaghoist/testkit/postgres';
import { Client } from 'pg';
import { describe, expect, inject, it } from 'vitest';
import { makePlace } from '../test-support/database-place.ts';
import { historyOf, makeProject } from '../test-support/project-in-use.ts';
import { setUp, startOn } from '../test-support/running-server.ts';

describe('a write that PostgreSQL holds up', () => {
  it('is answered with 503 while its outcome is not known, and a retry tells the outcome', async () => {
    const place = await makePlace('PostgreSQL', () => createDatabase(inject('flaghoistPostgresUrl')));
    const server = await startOn(place);
    const admin = await setUp(server);
    const project = await makeProject(admin, { flags: ['checkout'] });
    const { id } = await admin.get<{ id: string }>(`${project}/environments/production`);
    const before = await historyOf(admin, project);
    const holder = new Client({ connectionString: place.databaseUrl });
    await holder.connect();
    await holder.query('begin');
    await holder.query('select 1 from revision_counters where environment_id = $1 for update', [id]);

    const idempotencyKey = randomUUID();
    const edit = () =>
      admin.send(
        'PATCH',
        `${project}/environments/production/flags/checkout`,
        { enabled: true },
        { ifMatch: '*', idempotencyKey },
      );
    const writing = Promise.all([edit(), edit(), edit()]);
    expect(await admin.get(`${project}/environments/production/flags/checkout`)).toMatchObject({ enabled: false });
    for (const { status, text, headers } of await writing) {
      expect([status, (JSON.parse(text) as { code: string }).code]).toEqual([503, 'outcome_unknown']);
      expect(Number(headers['retry-after'])).toBeGreaterThan(0);
    }

    await holder.query('commit');
    await holder.end();
    const retry = await edit();
    expect(retry.status).toBe(200);
    expect((await historyOf(admin, project)).length).toBe(before.length + 1);
    await server.stop();
    await place.remove();
  });
});
