import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client, type QueryResultRow } from 'pg';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import {
  createDatabase,
  findPostgresBinaries,
  type PostgresServer,
  readMigrations,
  setSynchronousStandbys,
  STANDBY_NAME,
  startBackupOf,
  startPostgresPair,
  startPostgresServer,
} from './index.ts';

async function query<Row extends QueryResultRow>(url: string, text: string): Promise<Row[]> {
  const client = new Client({ connectionString: url });
  client.on('error', () => {});
  await client.connect();
  try {
    return (await client.query<Row>(text)).rows;
  } finally {
    await client.end();
  }
}

describe('startPostgresServer', () => {
  let server: PostgresServer;
  beforeAll(async () => {
    server = await startPostgresServer();
  });
  afterAll(() => server.stop());

  it('keeps fsync on and listens on the loopback address only', async () => {
    const [row] = await query(
      server.url,
      "select current_setting('fsync') as fsync, current_setting('listen_addresses') as addresses",
    );
    expect(row).toEqual({ fsync: 'on', addresses: '127.0.0.1' });
  });

  it('keeps what was committed when it is killed and restarted on the same port', async () => {
    await query(server.url, 'create table kept (n int); insert into kept values (7)');
    await server.kill();
    await expect(query(server.url, 'select 1')).rejects.toThrow(/ECONNREFUSED/);
    await server.restart();
    expect(await query(server.url, 'select n from kept')).toEqual([{ n: 7 }]);
    await server.kill();
    await server.restart();
    expect(await query(server.url, 'select n from kept')).toEqual([{ n: 7 }]);
  });

  it('removes its folder when it is stopped, and does not start again', async () => {
    const other = await startPostgresServer({ settings: { fsync: 'off' } });
    const [row] = await query<{ folder: string; fsync: string }>(
      other.url,
      "select current_setting('data_directory') as folder, current_setting('fsync') as fsync",
    );
    expect(row?.fsync).toBe('off');
    expect(existsSync(row?.folder ?? '')).toBe(true);
    await other.stop();
    await other.stop();
    expect(existsSync(row?.folder ?? '')).toBe(false);
    await expect(other.restart()).rejects.toThrow('its data is gone');
  });

  it('refuses a setting that PostgreSQL does not know, in the words of PostgreSQL', async () => {
    await expect(startPostgresServer({ settings: { no_such_setting: '1' } })).rejects.toThrow('no_such_setting');
  });
});

describe('createDatabase', () => {
  it('makes databases that do not see each other, and drops them with open connections', async () => {
    const serverUrl = inject('flaghoistPostgresUrl');
    const [one, two] = await Promise.all([createDatabase(serverUrl), createDatabase(serverUrl)]);
    await query(one.url, 'create table t (n int)');
    expect(await query(two.url, "select to_regclass('t') as t")).toEqual([{ t: null }]);
    const held = new Client({ connectionString: one.url });
    held.on('error', () => {});
    await held.connect();
    await Promise.all([one.drop(), two.drop()]);
    await one.drop();
    await expect(query(one.url, 'select 1')).rejects.toThrow('does not exist');
    await held.end();
  });

  it('applies every migration when asked to', async () => {
    const migrated = await createDatabase(inject('flaghoistPostgresUrl'), { migrated: true });
    expect(await query(migrated.url, "select to_regclass('bus_log') is not null as there")).toEqual([{ there: true }]);
    await migrated.drop();
    const names = (await readMigrations()).map((migration) => migration.name);
    expect(names).toContain('0002_bus.sql');
    expect(names).toEqual([...names].sort());
  });
});

describe('findPostgresBinaries', () => {
  it('says what to install when PostgreSQL is nowhere', async () => {
    const empty = await mkdtemp(join(tmpdir(), 'flaghoist-empty-'));
    expect(() => findPostgresBinaries([empty])).toThrow(/apt-get install postgresql/);
    expect(() => findPostgresBinaries([empty])).toThrow(empty);
    await rm(empty, { recursive: true });
  });

  it('passes over a folder that has the client programs only', () => {
    expect(findPostgresBinaries([tmpdir(), findPostgresBinaries()])).toBe(findPostgresBinaries());
  });
});

describe('startPostgresPair', () => {
  it('a standby streams, stands still, is promoted, and a backup is what there was', async () => {
    const pair = await startPostgresPair();
    const { primary, standby } = pair;
    try {
      await query(primary.url, 'create table kept (n int); insert into kept values (1)');
      const backup = await startBackupOf(primary);
      await query(primary.url, 'insert into kept values (2)');
      expect(await query(backup.url, 'select n from kept')).toEqual([{ n: 1 }]);
      await backup.stop();
      await setSynchronousStandbys(primary, STANDBY_NAME);
      await query(primary.url, 'insert into kept values (3)');
      await standby.freeze();
      const held = query(primary.url, 'insert into kept values (4)').then(
        () => 'answered',
        () => 'broken',
      );
      expect(await Promise.race([held, sleep(300).then(() => 'waiting')])).toBe('waiting');
      await primary.kill();
      expect(await held).toBe('broken');
      await standby.thaw();
      await standby.promote();
      const there = await query<{ n: number }>(standby.url, 'select n from kept order by n');
      expect(there.slice(0, 3)).toEqual([{ n: 1 }, { n: 2 }, { n: 3 }]);
    } finally {
      await pair.stop();
    }
  });
});
