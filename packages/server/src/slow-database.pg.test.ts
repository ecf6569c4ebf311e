/** A database that does not answer in time makes an honest answer, not an error of the server's own. */
import { randomUUID } from 'node:crypto';
import { createDatabase } from '@flaghoist/testkit/postgres';
import { Client } from 'pg';
import { describe, expect, inject, it } from 'vitest';
import { makePlace } from './test-support/database-place.ts';
import { historyOf, makeProject } from './test-support/project-in-use.ts';
import { setUp, startOn } from './test-support/running-server.ts';

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

    // More writes than the pool has connections, so that reads find none either.
    const idempotencyKey = randomUUID();
    const edit = (key: string) =>
      admin.send(
        'PATCH',
        `${project}/environments/production/flags/checkout`,
        { enabled: true },
        { ifMatch: '*', idempotencyKey: key },
      );
    const writes = [edit(idempotencyKey), ...Array.from({ length: 14 }, () => edit(randomUUID()))];
    const reads = Array.from({ length: 5 }, () => admin.send('GET', `${project}/flags/checkout`));
    const answers = await Promise.all([...writes, ...reads]);
    const unexpected = answers.filter(({ status }) => status !== 503 && status !== 200);
    expect(unexpected.map(({ text }) => text)).toEqual([]);
    expect(answers[0]?.status).toBe(503);
    for (const { status, headers } of answers)
      if (status === 503) expect(Number(headers['retry-after'])).toBeGreaterThan(0);

    await holder.query('commit');
    await holder.end();
    const retry = await edit(idempotencyKey);
    expect(retry.status).toBe(200);
    expect((await historyOf(admin, project)).length).toBe(before.length + 1);
    await server.stop();
    await place.remove();
  });
});
