import { existsSync, fdatasyncSync } from 'node:fs';
import { mkdtemp, mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { isAway, row, sql, transact } from './database.ts';
import { openEmbedded } from './embedded-adapter.ts';
import { migrate, readMigrations } from './migrations.ts';
import { openSyncedLite } from './synced-lite.ts';
import { templateFolder } from './template.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'flaghoist-embedded-'));
});
afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

describe('the embedded database', () => {
  it('has every commit on disk before it answers', async () => {
    const database = await openEmbedded(join(folder, 'db'), await templateFolder());
    await database.close();
    let syncs = 0;
    const sync = (descriptor: number): void => {
      syncs += 1;
      fdatasyncSync(descriptor);
    };
    const lite = await openSyncedLite(join(folder, 'db'), { sync });
    try {
      for (let i = 0; i < 50; i++) {
        const before = syncs;
        await lite.query('insert into setup_secrets (sha256, created_at) values ($1, now())', [String(i)]);
        expect(syncs, `syncs of commit ${i}`).toBeGreaterThan(before);
      }
    } finally {
      await lite.close();
    }
  });

  it('is made from the prepared folder, which has every migration', async () => {
    const template = await templateFolder();
    expect(existsSync(template), 'the build makes it').toBe(true);
    const database = await openEmbedded(join(folder, 'db'), template);
    try {
      const before = await row(database.db, sql<{ n: number }>`select count(*) as n from migrations`);
      await migrate(database, await readMigrations());
      expect(before?.n).toBe((await readMigrations()).length);
    } finally {
      await database.close();
    }
  });

  it('starts over when a first start was killed half-way', async () => {
    await mkdir(join(folder, 'db.new'));
    await writeFile(join(folder, 'db.new', 'PG_VERSION'), 'half');
    const database = await openEmbedded(join(folder, 'db'), await templateFolder());
    await database.close();
    expect(await readdir(folder)).toEqual(['db']);
  });

  it('initialises itself without a prepared folder', async () => {
    const database = await openEmbedded(join(folder, 'db'));
    try {
      await migrate(database, await readMigrations());
      expect(await row(database.db, sql<{ n: number }>`select count(*) as n from projects`)).toEqual({ n: 0 });
    } finally {
      await database.close();
    }
  });

  it('refuses a query beside an open transaction, which would wait for ever on its only session', async () => {
    const database = await openEmbedded(join(folder, 'db'), await templateFolder());
    try {
      const nested = transact(database.db, async () => sql`select 1`.execute(database.db));
      await expect(nested).rejects.toThrow('outside of the transaction');
    } finally {
      await database.close();
    }
  });

  it('refuses everything, and says so once, when its thread ends', async () => {
    const lost: string[] = [];
    const database = await openEmbedded(join(folder, 'db'), await templateFolder(), ({ message }) =>
      lost.push(message),
    );
    await rm(join(folder, 'db', 'pg_wal'), { recursive: true });
    const waiting = [sql`select pg_switch_wal()`, sql`create table a (n int)`, sql`select 1`].map((one) =>
      one.execute(database.db).then(
        () => 'answered',
        (error: unknown) => (isAway(error) ? 'away' : error),
      ),
    );
    expect((await Promise.all(waiting)).at(-1)).toBe('away');
    await expect(transact(database.db, (tx) => sql`select 1`.execute(tx))).rejects.toThrow('thread has ended');
    expect(lost).toEqual([expect.stringContaining('PostgreSQL ended itself')]);
    await database.close();
  });

  it('finishes the transaction that runs before it closes, and begins none after', async () => {
    const database = await openEmbedded(join(folder, 'db'), await templateFolder());
    let release: () => void = () => undefined;
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    let begun: () => void = () => undefined;
    const began = new Promise<void>((resolve) => {
      begun = resolve;
    });
    const running = transact(database.db, async (tx) => {
      await sql`create table kept (n int)`.execute(tx);
      begun();
      await held;
    });
    await began;
    const closing = database.close();
    await expect(sql`select 1`.execute(database.db)).rejects.toThrow('after it was closed');
    release();
    await running;
    await closing;
    const again = await openEmbedded(join(folder, 'db'));
    expect(await row(again.db, sql<{ n: number }>`select count(*) as n from kept`)).toEqual({ n: 0 });
    await again.close();
  });
});
