import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { createDatabase } from '@flaghoist/testkit/postgres';
import { Kysely, PostgresDialect } from 'kysely';
import { Client, Pool } from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest';
import { captureLog } from '../../test-support/captured-log.ts';
import { dumpContent } from '../../test-support/content-dump.ts';
import { DATABASE_KINDS, type DatabasePlace, makePlace } from '../../test-support/database-place.ts';
import { startOn } from '../../test-support/running-server.ts';
import { type Database, rows, sql } from './database.ts';
import { openEmbedded } from './embedded-adapter.ts';
import { type Migration, migrate, readMigrations } from './migrations.ts';
import { OperatorError } from './operator-error.ts';

const { logger } = captureLog();

const appliedBy = (database: Database) =>
  rows(
    database.db,
    sql<{ number: number; name: string; sha256: string }>`select number, name, sha256 from migrations order by number`,
  );

describe.each(DATABASE_KINDS)('migrations over the %s', (kind) => {
  let place: DatabasePlace;
  let database: Database;
  let known: readonly Migration[];
  let empty: string;

  beforeAll(async () => {
    known = await readMigrations();
    // As the prepared folder of the build, but without any migration.
    empty = await mkdtemp(join(tmpdir(), 'flaghoist-empty-'));
    if (kind === 'embedded database') await (await openEmbedded(join(empty, 'db'))).close();
  });
  afterAll(() => rm(empty, { recursive: true }));
  beforeEach(async () => {
    place = await makePlace(kind, () => createDatabase(inject('flaghoistPostgresUrl')));
    const folder = join(place.data, 'db');
    database = kind === 'PostgreSQL' ? await place.open(logger) : await openEmbedded(folder, join(empty, 'db'));
  });
  afterEach(async () => {
    await database.close();
    await place.remove();
  });

  it('are applied in order and remembered, once', async () => {
    await migrate(database, known.slice(0, 1));
    expect((await appliedBy(database)).length).toBe(1);
    await migrate(database, known);
    const expected = known.map(({ number, name, sha256 }) => ({ number, name, sha256 }));
    expect(await appliedBy(database)).toEqual(expected);
    const before = await dumpContent(database.db);
    await migrate(database, known);
    expect(await dumpContent(database.db)).toEqual(before);
    expect(expected.length).toBeGreaterThanOrEqual(2);
  });

  it('are refused, and nothing is touched, when an applied one was altered', async () => {
    await migrate(database, known);
    const before = await dumpContent(database.db);
    for (const i of known.keys()) {
      const altered = known.map((one, at) => (at === i ? { ...one, sha256: 'another' } : one));
      const more = { number: known.length + 1, name: 'more.sql', text: 'create table more (n int)', sha256: 'more' };
      await expect(migrate(database, [...altered, more])).rejects.toMatchObject({
        code: 'FLAGHOIST_DATABASE_HISTORY',
        message: expect.stringContaining(known[i]?.name ?? ''),
      });
    }
    expect(await dumpContent(database.db)).toEqual(before);
  });

  it('are refused, and nothing is touched, by a program that is older than the database', async () => {
    await migrate(database, known);
    const before = await dumpContent(database.db);
    const error = await migrate(database, known.slice(0, -1)).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(OperatorError);
    expect(error).toMatchObject({
      code: 'FLAGHOIST_DATABASE_NEWER',
      message: expect.stringContaining(known.at(-1)!.name),
    });
    expect(await dumpContent(database.db)).toEqual(before);
  });

  it('keep the counts of a database from before partitions, which a process of the version before goes on adding to', async () => {
    const add = sql`insert into exposure_counts (environment_id, minute, flag, variant, reason, rule, revision, count)
      values ('6f1d3c5e-0000-4000-8000-000000000001', '2026-01-01T00:00:00Z', 'checkout', 'on', 'STATIC', '', 1, 2)
      on conflict (environment_id, minute, flag, variant, reason, rule, revision)
      do update set count = exposure_counts.count + excluded.count`;
    const addSum = sql`insert into exposure_sums (environment_id, step, flag, at, variant, failed, count)
      values ('6f1d3c5e-0000-4000-8000-000000000001', 'day', 'checkout', '2026-01-01T00:00:00Z', 'on', false, 2)
      on conflict (environment_id, step, flag, at, variant, failed) do update set count = exposure_sums.count + excluded.count`;
    await migrate(database, known.slice(0, 13));
    for (const statement of [add, addSum]) await statement.execute(database.db);
    await migrate(database, known);
    for (const statement of [add, addSum]) await statement.execute(database.db);
    for (const table of ['exposure_counts', 'exposure_sums'])
      expect(await rows(database.db, sql`select count from ${sql.id(table)}`), table).toEqual([{ count: 4 }]);
    await expect(
      sql`insert into exposure_sums (environment_id, step, flag, at, variant, failed, count)
        values (gen_random_uuid(), 'week', 'checkout', now(), 'on', false, 1)`.execute(database.db),
    ).rejects.toThrow('exposure_sums_step_check');
  });

  it('leave nothing behind when one of them fails', async () => {
    const failing = {
      number: known.length + 1,
      name: 'failing.sql',
      text: 'create table half (n int); select 1 / 0;',
      sha256: 'x',
    };
    await expect(migrate(database, [...known, failing])).rejects.toThrow('division by zero');
    const [half] = await rows(database.db, sql<{ there: boolean }>`select to_regclass('half') is not null as there`);
    expect(half).toEqual({ there: false });
    await migrate(database, known);
    expect((await appliedBy(database)).length).toBe(known.length);
  });
});

describe('migrations over PostgreSQL', () => {
  it('are applied by one of eight processes that start at once, while the others wait', async () => {
    const place = await makePlace('PostgreSQL', () => createDatabase(inject('flaghoistPostgresUrl')));
    const known = await readMigrations();
    const databases = await Promise.all(Array.from({ length: 8 }, () => place.open(logger)));
    await Promise.all(databases.map((database) => migrate(database, known)));
    const first = databases.at(0)!;
    expect((await appliedBy(first)).map(({ name }) => name)).toEqual(known.map(({ name }) => name));
    const times = await rows(first.db, sql<{ n: number }>`select count(distinct applied_at) as n from migrations`);
    expect(times).toEqual([{ n: 1 }]);
    await Promise.all(databases.map((database) => database.close()));
    await place.remove();
  });

  it('wait for another process for as long as it takes', async () => {
    const place = await makePlace('PostgreSQL', () => createDatabase(inject('flaghoistPostgresUrl')));
    const holder = new Client({ connectionString: place.databaseUrl });
    await holder.connect();
    await holder.query('begin');
    const others = await place.open(logger);
    // A process whose statements may take 300 ms, so that the test does not have to wait out the real deadline.
    const pool = new Pool({ connectionString: place.databaseUrl, max: 1, statement_timeout: 300 });
    // It is not waited for that the last connection is gone, and the database is dropped over it.
    pool.on('error', () => undefined);
    const hasty: Database = { ...others, db: new Kysely<unknown>({ dialect: new PostgresDialect({ pool }) }) };
    const [held] = (await holder.query<{ lock: string }>('select pg_advisory_xact_lock($1) as lock', [7_061_942_001]))
      .rows;
    expect(held).toBeDefined();
    const migrating = migrate(hasty, await readMigrations()).then(
      () => 'migrated',
      (error: unknown) => (error as Error).message,
    );
    await Promise.race([migrating, sleep(900)]);
    await holder.query('commit');
    expect(await migrating).toBe('migrated');
    await holder.end();
    await pool.end();
    await others.close();
    await place.remove();
  });
});

describe('reading migrations', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'flaghoist-migrations-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  const HEADER = '-- phase: expand\n-- transaction: yes\n';
  it.each([
    ['a number that is missing', { '0001_a.sql': HEADER, '0003_c.sql': HEADER }, /0003_c\.sql: expected number 2/],
    ['a number twice', { '0001_a.sql': HEADER, '0001_b.sql': HEADER }, /0001_b\.sql: expected number 2/],
    ['a file without its header', { '0001_a.sql': 'select 1' }, /0001_a\.sql: the header lines are missing/],
  ])('refuses %s', async (_, files: Record<string, string>, message) => {
    for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
    await expect(readMigrations(folder)).rejects.toThrow(message);
  });
});

/** A server of its own process on a data folder; says `started` or why not, and runs until it is killed. */
const STARTER = `
  import { startServer } from '@SERVER@';
  import { createLogger } from '@flaghoist/runtime/telemetry';
  const logger = createLogger({ level: 'silent', name: 'starter' });
  const roles = ['control', 'publisher', 'worker', 'edge'];
  const options = { data: process.argv[1], port: 0, host: '127.0.0.1', roles, databaseUrl: undefined, dashboard: null, demo: false, logger, version: 'x' };
  startServer(options).then(() => console.log('started'), (error) => console.log(error.message));
`;

describe('a data folder', () => {
  let place: DatabasePlace;
  const children: ChildProcess[] = [];

  beforeEach(async () => {
    place = await makePlace('embedded database', () => Promise.reject(new Error('not needed')));
  });
  afterEach(async () => {
    await Promise.all(children.splice(0).map(kill));
    await place.remove();
  });

  async function kill(child: ChildProcess): Promise<void> {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, 'exit');
    child.kill('SIGKILL');
    await exited;
  }

  async function startProcess(): Promise<{ readonly child: ChildProcess; readonly said: string }> {
    const server = new URL('../../dist/index.js', import.meta.url).href;
    const child = spawn(
      process.execPath,
      ['--input-type=module', '-e', STARTER.replace('@SERVER@', server), place.data],
      {
        cwd: fileURLToPath(new URL('../..', import.meta.url)),
        stdio: ['ignore', 'pipe', 'inherit'],
      },
    );
    children.push(child);
    const line = await createInterface({ input: child.stdout })[Symbol.asyncIterator]().next();
    return { child, said: String(line.value) };
  }

  it('belongs to one process: a second one is refused with the number of the first', async () => {
    const { child, said } = await startProcess();
    expect(said).toBe('started');
    const refused = { code: 'FLAGHOIST_DATA_LOCKED', message: expect.stringContaining(`process ${child.pid}`) };
    await expect(startOn(place)).rejects.toMatchObject(refused);
    const second = await startProcess();
    expect(second.said).toContain(`locked by process ${child.pid}`);
    await kill(child);
    const server = await startOn(place);
    expect((await server.client.send({ path: '/readyz' })).status).toBe(200);
    await server.stop();
  });

  it('is not left half-made by a start that was cut short', async () => {
    await mkdir(join(place.data, 'db.new', 'base'), { recursive: true });
    await writeFile(join(place.data, 'db.new', 'PG_VERSION'), 'half');
    const server = await startOn(place);
    expect(server.setup).toMatch(/^fhi_/);
    await server.stop();
  });
});
