import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { captureLog } from '../../test-support/captured-log.ts';
import { startBackups } from './backup-schedule.ts';
import { type Backup, backupsFolder } from './backups.ts';
import type { EmbeddedDatabase } from './embedded-adapter.ts';

const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;
const NOON = Date.parse('2030-01-10T12:00:00Z');

/** When a backup was asked for. The real ones copy a database of 26 MB, and backups.pg.test.ts makes them. */
const made = vi.hoisted((): string[] => []);
vi.mock('./backups.ts', async (load) => {
  const real = await load<object>();
  const makeBackup = async ({ data, now }: { data: string; now: Date }): Promise<Backup & { heldMs: number }> => {
    const backup = await putBackup(data, now.getTime());
    made.push(backup.name);
    return { ...backup, heldMs: 1 };
  };
  return { ...real, makeBackup };
});

async function putBackup(data: string, at: number): Promise<Backup> {
  const name = nameOf(at);
  const folder = join(backupsFolder(data), name);
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'SHA256SUMS'), '');
  return { name, at: new Date(at).toISOString(), folder };
}

function nameOf(at: number): string {
  return `${new Date(at).toISOString().slice(0, 19).replaceAll(':', '-')}Z`;
}

let data: string;
beforeEach(async () => {
  data = await mkdtemp(join(tmpdir(), 'flaghoist-schedule-'));
  made.length = 0;
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
});
afterEach(async () => {
  vi.useRealTimers();
  await rm(data, { recursive: true, force: true });
});

const inFolder = async () => (await readdir(backupsFolder(data))).sort();

describe('backups at intervals', () => {
  it.each([
    ['an hour ago', NOON - DAY_MS / 24, 0],
    ['two days ago', NOON - 2 * DAY_MS, 1],
  ])(
    'go on by the newest with a true date, of %s, when a clock that was ahead has left one of tomorrow',
    async (_, newest, expected) => {
      const past = [newest, ...[3, 4, 5, 6, 7, 8].map((days) => NOON - days * DAY_MS)];
      for (const at of [...past, NOON + DAY_MS]) await putBackup(data, at);
      let now = NOON;
      const schedule = await startBackups({
        database: {} as EmbeddedDatabase,
        data,
        everyMs: DAY_MS,
        kept: 7,
        logger: captureLog().logger,
        now: () => new Date(now),
      });
      for (let minute = 0; minute < 10; minute++) {
        now += MINUTE_MS;
        vi.advanceTimersByTime(MINUTE_MS);
        // The status lists the folder again only when a run has ended.
        await vi.waitFor(() => expect(schedule.status().newest).toBe(atOf(made.at(-1) ?? nameOf(newest))));
      }
      await schedule.stop();
      expect(made).toHaveLength(expected);
      const kept = [...made, ...past.map(nameOf)].slice(0, 7);
      expect(await inFolder()).toEqual([...kept, nameOf(NOON + DAY_MS)].sort());
    },
  );

  it('are made again when the clock was put back by years', async () => {
    await putBackup(data, NOON);
    let now = NOON + MINUTE_MS;
    const options = { database: {} as EmbeddedDatabase, data, everyMs: DAY_MS, kept: 7, logger: captureLog().logger };
    const schedule = await startBackups({ ...options, now: () => new Date(now) });
    now = NOON - 1_000 * DAY_MS;
    vi.advanceTimersByTime(MINUTE_MS);
    await vi.waitFor(() => expect(schedule.status().kept).toBe(2));
    await schedule.stop();
    expect(await inFolder()).toEqual([nameOf(now), nameOf(NOON)]);
  });
});

function atOf(name: string): string {
  const [date = '', time = ''] = name.split('T');
  return `${date}T${time.replaceAll('-', ':')}`;
}
