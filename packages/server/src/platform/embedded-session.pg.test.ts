/** The embedded database's only session, seen from those who share it. One database for all. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { row, rows, sql, transact } from './database.ts';
import { type EmbeddedDatabase, openEmbedded } from './embedded-adapter.ts';
import { templateFolder } from './template.ts';

let folder: string;
let database: EmbeddedDatabase;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'flaghoist-session-'));
  database = await openEmbedded(join(folder, 'db'), await templateFolder());
  await sql`create table notes (n int primary key)`.execute(database.db);
});
afterAll(async () => {
  await database.close();
  await rm(folder, { recursive: true, force: true });
});

const SLOW = sql<{ n: number }>`select count(*) as n from generate_series(1, 3000000)`;

describe('the session of the embedded database', () => {
  it('leaves the rest of the process alone: timers fire and turns go on while a long query runs', async () => {
    const query = { isDone: false };
    const answer = row(database.db, SLOW).finally(() => {
      query.isDone = true;
    });
    let timers = 0;
    const timer = setInterval(() => timers++, 1);
    let turns = 0;
    while (!query.isDone) {
      await turn();
      turns += 1;
    }
    clearInterval(timer);
    expect(await answer).toEqual({ n: 3_000_000 });
    // On the same thread both were 0: the query was one turn.
    expect(turns).toBeGreaterThan(100);
    expect(timers).toBeGreaterThan(10);
  });

  it('hands a large result on in pieces, between which others have their turn', async () => {
    let turns = 0;
    const query = { isDone: false };
    const large = rows(
      database.db,
      sql<{ text: string }>`select repeat('x', 1000) as text from generate_series(1, 10000)`,
    );
    const all = large.finally(() => {
      query.isDone = true;
    });
    while (!query.isDone) {
      await turn();
      turns += 1;
    }
    expect((await all).length).toBe(10_000);
    expect(turns).toBeGreaterThan(50);
  });

  it('serves transactions before reads before reports, each in their order', async () => {
    const served: string[] = [];
    const note = (name: string) => () => void served.push(name);
    const running = row(database.db, SLOW).then(note('running'));
    const all = [
      sql`select 1`.execute(database.reports).then(note('report 1')),
      transact(database.reports, (tx) => sql`select 1`.execute(tx)).then(note('report 2')),
      sql`select 1`.execute(database.db).then(note('read 1')),
      sql`select 1`.execute(database.db).then(note('read 2')),
      transact(database.db, (tx) => sql`select 1`.execute(tx)).then(note('write 1')),
      transact(database.db, (tx) => sql`select 1`.execute(tx)).then(note('write 2')),
    ];
    await Promise.all([running, ...all]);
    expect(served).toEqual(['running', 'write 1', 'write 2', 'read 1', 'read 2', 'report 1', 'report 2']);
  });

  it('gives a transaction the session to itself', async () => {
    let readers = 0;
    let outside: Promise<unknown> = Promise.resolve();
    const ask = (): Promise<unknown> => row(database.db, sql<{ n: number }>`select count(*) as n from notes`);
    let release: () => void = () => undefined;
    const began = new Promise<void>((resolve) => {
      release = resolve;
    });
    const writing = transact(database.db, async (tx) => {
      await sql`insert into notes values (1)`.execute(tx);
      release();
      for (let i = 0; i < 20; i++) await sql`select 1`.execute(tx);
      expect(readers).toBe(0);
    });
    await began;
    outside = ask().finally(() => readers++);
    await writing;
    expect(await outside).toEqual({ n: 1 });
  });

  it('keeps the codes of PostgreSQL, and is free again after an error and after a rollback', async () => {
    await sql`insert into notes values (2)`.execute(database.db);
    const again = sql`insert into notes values (2)`.execute(database.db);
    await expect(again).rejects.toMatchObject({ code: '23505', constraint: 'notes_pkey', table: 'notes' });
    const failing = transact(database.db, async (tx) => {
      await sql`insert into notes values (3)`.execute(tx);
      await sql`select 1 / 0`.execute(tx);
    });
    await expect(failing).rejects.toMatchObject({ code: '22012' });
    const turnedDown = transact(database.db, async (tx) => {
      await sql`insert into notes values (4)`.execute(tx);
      throw new Error('no');
    });
    await expect(turnedDown).rejects.toThrow('no');
    expect(await rows(database.db, sql`select n from notes where n > 2`)).toEqual([]);
  });

  it('reads values as from a server: bigint as number, times as ISO text, bytes as bytes', async () => {
    const found = await row(
      database.db,
      sql`select 5::bigint as big, '2030-01-01 00:00+01'::timestamptz as at, '\\x00ff'::bytea as bytes, ${['a']}::text[] as list`,
    );
    expect(found).toEqual({ big: 5, at: '2029-12-31T23:00:00.000Z', bytes: Buffer.from([0, 255]), list: ['a'] });
  });

  it('hears notifications once their transaction is committed', async () => {
    const heard: string[] = [];
    const stop = await database.listen('bell', () => heard.push('bell'));
    await transact(database.db, async (tx) => {
      await sql`select pg_notify('bell', '')`.execute(tx);
      await sql`select 1`.execute(tx);
      expect(heard).toEqual([]);
    });
    await expect.poll(() => heard).toEqual(['bell']);
    await stop();
    await sql`select pg_notify('bell', '')`.execute(database.db);
    await sql`select 1`.execute(database.db);
    expect(heard).toEqual(['bell']);
  });
});
