/** A primary and a standby behind one DATABASE_URL: the one that takes writes is found, followed, and told from an older one. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type PostgresPair,
  queryOnce,
  setSynchronousStandbys,
  STANDBY_NAME,
  startBackupOf,
  startPostgresPair,
  startStandby,
} from '@flaghoist/testkit/postgres';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { captureLog } from '../../test-support/captured-log.ts';
import { until } from '../../test-support/until.ts';
import { type Database, isAway, row, sql, transact } from './database.ts';
import { openPostgres } from './postgres-adapter.ts';

const WITHIN_MS = 60_000;
const HELD_MS = 2_000;

describe('a database on two hosts', () => {
  let pair: PostgresPair;
  let data: string;
  let ends: (() => Promise<unknown>)[];
  let log: ReturnType<typeof captureLog>;

  beforeEach(async () => {
    ends = [];
    log = captureLog();
    pair = await startPostgresPair();
    ends.push(() => pair.stop());
    data = await mkdtemp(join(tmpdir(), 'flaghoist-pair-'));
    ends.push(() => rm(data, { recursive: true }));
    await queryOnce(pair.primary.url, 'create table written (n int); create table revision_counters (epoch bigint)');
    await queryOnce(pair.primary.url, 'insert into revision_counters values (1)');
  });
  afterEach(async () => {
    for (const end of ends.reverse()) await end();
  });

  async function open(url: string, writeDeadlineMs = 5_000): Promise<Database> {
    const database = await openPostgres(url, log.logger, { data, writeDeadlineMs });
    let isClosed = false;
    const close = async (): Promise<void> => {
      if (!isClosed) await database.close();
      isClosed = true;
    };
    ends.push(close);
    return { ...database, close };
  }
  const at = (...servers: readonly { readonly port: number }[]) =>
    `postgres://postgres@${servers.map(({ port }) => `127.0.0.1:${port}`).join(',')}/postgres`;
  const write = (database: Database, n: number) => sql`insert into written values (${n})`.execute(database.db);
  const isWritten = (database: Database, n: number): Promise<boolean> =>
    write(database, n).then(
      () => true,
      (error: unknown) => {
        if (!isAway(error)) throw error;
        return false;
      },
    );
  const portOf = async ({ db }: { readonly db: Database['db'] }) =>
    (await row(db, sql<{ port: number }>`select inet_server_port() as port`))?.port;
  const readAt = (database: Database) => portOf({ db: database.standby });

  it('is read at the standby where that may be, followed by queries and LISTEN when it is promoted, and the old primary refused', async () => {
    const { primary, standby } = pair;
    const database = await open(at(standby, primary));
    expect(await portOf(database)).toBe(primary.port);
    const heard: string[] = [];
    await database.listen('news', (hint) => heard.push(hint));
    await until('it listens', () => heard.includes(''));
    await write(database, 1);
    await until('the standby has it', async () => (await queryOnce(standby.url, 'select from written')).length === 1);

    const host = `127.0.0.1:${primary.port}`;
    expect(await database.durability()).toMatchObject({ host, replication: 'async', standbys: 1, problem: null });
    const whole = { timeline: 1, standbys: 1, isSynchronous: false, waiting: 0, lagBytes: 0, hasRival: false };
    await until('no lag', async () => (await database.replication())?.lagBytes === 0, WITHIN_MS);
    expect(await database.replication()).toEqual(whole);
    await until('it reads at the standby', async () => (await readAt(database)) === standby.port, WITHIN_MS);
    await expect(sql`delete from written`.execute(database.standby)).rejects.toThrow('read-only');
    await transact(database.db, (tx) => sql`delete from written where n = 0`.execute(tx));
    expect(await readAt(database)).toBe(primary.port);

    await primary.kill();
    await standby.promote();
    await until('a write is taken', () => isWritten(database, 2), WITHIN_MS);
    expect(await portOf(database)).toBe(standby.port);
    await until('it listens there', async () => {
      await sql`select pg_notify('news', 'after')`.execute(database.db);
      return heard.includes('after');
    });

    await primary.restart();
    await queryOnce(primary.url, 'insert into written values (100)');
    await until('the old primary is noticed', () => log.errors().length > 0, WITHIN_MS);
    expect(JSON.stringify(log.errors())).toContain(`127.0.0.1:${primary.port} is refused: it is an old primary`);
    // Nobody follows the new one.
    const alone = { timeline: 2, standbys: 0, lagBytes: null, hasRival: true };
    expect(await database.replication()).toMatchObject(alone);
    await write(database, 3);
    expect(await queryOnce(standby.url, 'select n from written order by n')).toEqual([{ n: 1 }, { n: 2 }, { n: 3 }]);
    await database.close();

    // Nobody else is there to tell of the new one: what this process wrote down does.
    await standby.kill();
    await expect(open(at(primary, standby))).rejects.toMatchObject({ code: 'FLAGHOIST_DATABASE_OLD' });
    await expect(open(at(primary))).rejects.toThrow(/is on timeline 1, and timeline 2 has begun since.*raise-epoch/);
    expect(await queryOnce(primary.url, 'select n from written order by n')).toEqual([{ n: 1 }, { n: 100 }]);
    await queryOnce(primary.url, 'update revision_counters set epoch = 2');
    expect(await portOf(await open(at(primary)))).toBe(primary.port);
  });

  it('refuses an older copy and a standby alone, and leaves a primary that stands still when another host has taken over', async () => {
    const { primary, standby } = pair;
    const backup = await startBackupOf(primary);
    ends.push(() => backup.stop());
    const database = await open(at(primary));
    for (let n = 0; n < 200; n++) await write(database, n);
    await database.close();
    await expect(open(at(backup))).rejects.toThrow('it is an older copy');
    // A standby of the standby is as new as that: nothing speaks against it.
    const other = await startStandby(standby);
    ends.push(() => other.stop());
    expect(await portOf(await open(at(other, primary)))).toBe(primary.port);
    await expect(open(at(standby))).rejects.toThrow(/takes no writes: it is a standby/);

    // What a primary shows after a restart is not believed before its synchronous standby has it.
    await setSynchronousStandbys(primary, STANDBY_NAME);
    const synchronous = await open(at(primary), HELD_MS);
    await synchronous.confirmed();
    await standby.freeze();
    await synchronous.confirmed();
    // Commits that wait for it keep nobody from reading.
    const insert = (n: number) =>
      transact(synchronous.db, (tx) => sql`insert into written values (${n})`.execute(tx), HELD_MS);
    const held = await Promise.allSettled(Array.from({ length: 12 }, (_, n) => insert(n)));
    expect(held.map(({ status }) => status)).toEqual(held.map(() => 'rejected'));
    await until('it reads', () => succeeds(() => portOf(synchronous)), WITHIN_MS);
    const { isSynchronous, waiting = 0 } = (await synchronous.replication()) ?? {};
    expect([isSynchronous, waiting > 0]).toEqual([true, true]);
    await primary.kill();
    await primary.restart();
    await until('it reads', () => succeeds(() => portOf(synchronous)), WITHIN_MS);
    await expect(synchronous.confirmed()).rejects.toThrow('no synchronous standby has confirmed');
    await standby.thaw();
    await until('it is confirmed', () => succeeds(() => synchronous.confirmed()), WITHIN_MS);
    await synchronous.close();
    await setSynchronousStandbys(primary, '');

    // A primary that stands still is left as soon as another host has taken over.
    const pairs = await open(at(primary, standby));
    await write(pairs, 1);
    await primary.freeze();
    const hanging = write(pairs, 2).catch((error: unknown) => error);
    await standby.promote();
    expect(isAway(await hanging)).toBe(true);
    await until('a write is taken', () => isWritten(pairs, 3), WITHIN_MS);
    expect(await portOf(pairs)).toBe(standby.port);
    const known = JSON.parse(await readFile(join(data, 'known-server'), 'utf8')) as { timeline: number };
    expect(known.timeline).toBe(2);
  });
});

async function succeeds(asked: () => Promise<unknown>): Promise<boolean> {
  return asked().then(
    () => true,
    () => false,
  );
}
