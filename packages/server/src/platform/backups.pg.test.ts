import { execFileSync } from 'node:child_process';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { captureLog } from '../../test-support/captured-log.ts';
import { startBackups } from './backup-schedule.ts';
import { checkSums, makeBackup } from './backups.ts';
import { row, sql, transact } from './database.ts';
import { type EmbeddedDatabase, openEmbedded } from './embedded-adapter.ts';
import { templateFolder } from './template.ts';

let data: string;
let database: EmbeddedDatabase;
beforeEach(async () => {
  data = await mkdtemp(join(tmpdir(), 'flaghoist-backups-'));
  database = await openEmbedded(join(data, 'db'), await templateFolder());
  await sql`create table notes (n int)`.execute(database.db);
});
afterEach(async () => {
  await database.close();
  await rm(data, { recursive: true, force: true });
});

const NOON = new Date('2030-01-01T12:00:00.500Z');
const { signal } = new AbortController();
const count = sql<{ n: number }>`select count(*) as n from notes`;

describe('a backup', () => {
  it('holds every transaction that was answered before it, whole, and nothing of later ones', async () => {
    const both = (n: number) =>
      transact(database.db, async (tx) => {
        await sql`insert into notes values (${n})`.execute(tx);
        await sql`insert into notes values (${n})`.execute(tx);
      });
    for (let i = 0; i < 5; i++) await both(i);
    let answered = 5;
    const making = makeBackup({ database, data, now: NOON, signal });
    const writing = (async () => {
      for (; answered < 15; answered++) await both(answered);
    })();
    const backup = await making;
    await writing;
    expect(backup).toMatchObject({ name: '2030-01-01T12-00-00Z', at: '2030-01-01T12:00:00Z' });
    expect(await readdir(join(data, 'backups'))).toEqual([backup.name]);
    execFileSync('sha256sum', ['--check', '--quiet', 'SHA256SUMS'], { cwd: backup.folder });
    await checkSums(backup);
    await database.close();
    database = await openEmbedded(join(backup.folder, 'db'));
    const { n } = (await row(database.db, count)) ?? { n: 0 };
    expect(n % 2).toBe(0);
    expect(n).toBeGreaterThanOrEqual(10);
  });

  it('is not kept when the copy cannot be opened', async () => {
    await writeFile(join(data, 'db', 'PG_VERSION'), '9');
    await expect(makeBackup({ database, data, now: NOON, signal })).rejects.toThrow();
    expect(await readdir(join(data, 'backups'))).toEqual([]);
    expect(await row(database.db, count)).toEqual({ n: 0 });
  });
});

describe('backups', () => {
  it('are made when they are due; one that fails is logged and shown, and tried again', async () => {
    const log = captureLog();
    await writeFile(join(data, 'backups'), 'in the way');
    let now = NOON.getTime();
    const options = { database, data, everyMs: 20, kept: 1, logger: log.logger, now: () => new Date(now) };
    await rm(join(data, 'backups'));
    const schedule = await startBackups(options);
    await writeFile(join(data, 'backups'), 'in the way');
    now += 1_000;
    await expect.poll(() => schedule.status().problem).toMatch('EEXIST');
    expect(log.errors().length).toBeGreaterThan(0);
    await rm(join(data, 'backups'));
    now += 1_000;
    await expect.poll(() => schedule.status(), { timeout: 60_000 }).toMatchObject({ kept: 1, problem: null });
    await schedule.stop();
    expect(schedule.status()).toMatchObject({ newest: '2030-01-01T12:00:02Z', kept: 1 });
  });
});
