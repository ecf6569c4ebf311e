/** What PostgreSQL has to be, and what its user may, before anything is kept there. */
import { randomBytes } from 'node:crypto';
import { createDatabase, queryOnce, type TestDatabase } from '@flaghoist/testkit/postgres';
import { afterEach, beforeEach, expect, inject, it } from 'vitest';
import { captureLog } from '../../test-support/captured-log.ts';
import { openPostgres, type PostgresOptions } from './postgres-adapter.ts';

let database: TestDatabase;
let log: ReturnType<typeof captureLog>;

beforeEach(async () => {
  database = await createDatabase(inject('flaghoistPostgresUrl'));
  log = captureLog();
});
afterEach(() => database.drop());

const name = () => new URL(database.url).pathname.slice(1);
async function open(url = database.url, options: PostgresOptions = {}): Promise<string> {
  const opened = await openPostgres(url, log.logger, options);
  await opened.close();
  return opened.description;
}

it('a PostgreSQL that a power cut makes forget is refused, unless that is meant', async () => {
  await database.execute(`alter database ${name()} set synchronous_commit = off`);
  await expect(open()).rejects.toMatchObject({
    code: 'FLAGHOIST_DATABASE_FSYNC',
    message: expect.stringMatching(/synchronous_commit=off.*--allow-unsafe-database/),
  });
  expect(log.errors()).toEqual([]);
  expect(await open(database.url, { allowUnsafe: true })).toMatch(/^PostgreSQL \d/);
  expect(JSON.stringify(log.errors())).toContain('a power cut would lose acknowledged changes');
});

it('a user without any privilege may ask which server it is; one from whom that was taken is told what to grant', async () => {
  const user = `plain_${randomBytes(4).toString('hex')}`;
  await database.execute(`create role ${user} login`);
  const url = new URL(database.url);
  url.username = user;
  try {
    expect(await open(url.href)).toMatch(/^PostgreSQL \d/);
    await database.execute('revoke execute on function pg_control_system() from public');
    await expect(open(url.href)).rejects.toMatchObject({
      code: 'FLAGHOIST_DATABASE_GRANTS',
      message: expect.stringContaining('grant execute on function pg_control_system()'),
    });
  } finally {
    await queryOnce(inject('flaghoistPostgresUrl'), `drop role ${user}`);
  }
});
