/** A database that does not answer in time makes an honest answer, not an error of the server's own. */
import { randomUUID } from 'node:crypto';
import { createDatabase } from '@flaghoist/testkit/postgres';
import { Client } from 'pg';
import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest';
import { type CommitWire, startCommitWire } from '../test-support/commit-wire.ts';
import { type DatabasePlace, makePlace } from '../test-support/database-place.ts';
import { auditOf, historyOf, makeProject } from '../test-support/project-in-use.ts';
import { type Hands, type RunningServerUnderTest, setUp, startOn } from '../test-support/running-server.ts';
import { until } from '../test-support/until.ts';

const WRITE_DEADLINE_MS = 1_000;
/** It has begun by then, and a busy machine is slow to say so. */
const ANSWERED_WITHIN_MS = 4_000;

describe('a write that PostgreSQL holds up', () => {
  let place: DatabasePlace;
  let wire: CommitWire;
  let server: RunningServerUnderTest;
  let admin: Hands;
  let project: string;
  let aside: Client;

  beforeEach(async () => {
    place = await makePlace('PostgreSQL', () => createDatabase(inject('flaghoistPostgresUrl')));
    wire = await startCommitWire(place.databaseUrl ?? '');
    server = await startOn({ ...place, databaseUrl: wire.url }, { writeDeadlineMs: WRITE_DEADLINE_MS });
    admin = await setUp(server);
    project = await makeProject(admin, { flags: ['checkout'] });
    aside = new Client({ connectionString: place.databaseUrl });
    await aside.connect();
  });
  afterEach(async () => {
    await aside.end();
    await server.stop();
    await wire.close();
    await place.remove();
  });

  const environment = () => `${project}/environments/production`;
  const edit = (idempotencyKey: string) =>
    admin.send(
      'PATCH',
      `${environment()}/flags/checkout`,
      { enabled: true },
      {
        ifMatch: '*',
        idempotencyKey,
      },
    );

  /** The honest answer, in time. */
  async function expectUnknown(writing: ReturnType<typeof edit>, since = performance.now()): Promise<void> {
    const { status, text, headers } = await writing;
    expect([status, (JSON.parse(text) as { code: string }).code]).toEqual([503, 'outcome_unknown']);
    expect(text).toContain('the same Idempotency-Key');
    expect(Number(headers['retry-after'])).toBeGreaterThan(0);
    expect(performance.now() - since).toBeLessThan(ANSWERED_WITHIN_MS);
  }

  /** It was done once, whoever says so how often. */
  async function expectDoneOnce(before: { readonly history: number; readonly audit: number }): Promise<void> {
    expect((await historyOf(admin, project)).length).toBe(before.history + 1);
    expect((await auditOf(admin, environment())).length).toBe(before.audit + 1);
    expect(await admin.get(`${environment()}/audit/verify`)).toMatchObject({ intact: true });
  }

  async function count() {
    return {
      history: (await historyOf(admin, project)).length,
      audit: (await auditOf(admin, environment())).length,
    };
  }

  const isEnabled = async (): Promise<boolean> => {
    const { rows } = await aside.query<{ json: string }>(
      `select json from entity_versions where kind = 'flag' and key = 'checkout' order by revision desc limit 1`,
    );
    return rows[0]?.json.includes('"enabled":true') ?? false;
  };

  it('behind another session’s lock is answered 503 while its outcome is not known, and a retry does it once', async () => {
    const { id } = await admin.get<{ id: string }>(environment());
    const before = await count();
    await aside.query('begin');
    await aside.query('select 1 from revision_counters where environment_id = $1 for update', [id]);

    const key = randomUUID();
    const writing = [edit(key), edit(key), edit(key)];
    expect(await admin.get(`${environment()}/flags/checkout`)).toMatchObject({ enabled: false });
    for (const one of writing) await expectUnknown(one);
    await aside.query('commit');
    // What was let go of at the deadline is nobody's any more; whoever asks now is answered by what happens now.
    await until('the retry is answered', async () => (await edit(key)).status === 200);
    await expectDoneOnce(before);
  });

  it('row 2: whose backend is stopped before the commit stays unknown until it goes on, and is done once', async () => {
    const before = await count();
    const key = randomUUID();
    const holding = wire.holdNext();
    const first = edit(key);
    const held = await holding;
    process.kill(held.backend, 'SIGSTOP');
    try {
      held.forward();
      held.release();
      await expectUnknown(first);
      // The first one runs still: the second waits for it, no longer than it may.
      await expectUnknown(edit(key));
      expect(await isEnabled()).toBe(false);
    } finally {
      process.kill(held.backend, 'SIGCONT');
    }
    await until('the write is committed', isEnabled);
    const retry = await edit(key);
    expect([retry.status, retry.headers['idempotency-replayed']]).toEqual([200, 'true']);
    await expectDoneOnce(before);
  });

  it('row 2: whose backend is stopped between commit and reply was done, and a retry says so at once', async () => {
    const before = await count();
    const key = randomUUID();
    const holding = wire.holdNext();
    const first = edit(key);
    const held = await holding;
    held.forward();
    await until('the write is committed', isEnabled);
    process.kill(held.backend, 'SIGSTOP');
    try {
      await expectUnknown(first);
      const retry = await edit(key);
      expect([retry.status, retry.headers['idempotency-replayed']]).toEqual([200, 'true']);
    } finally {
      process.kill(held.backend, 'SIGCONT');
      held.release();
    }
    await expectDoneOnce(before);
    // The session that hung is of use again, and so is the environment.
    expect((await edit(randomUUID())).status).toBe(200);
    expect(
      (await admin.send('PATCH', `${environment()}/flags/checkout`, { enabled: false }, { ifMatch: '*' })).status,
    ).toBe(200);
  });
});
