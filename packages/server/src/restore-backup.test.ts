import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { restoreBackup } from './restore-backup.ts';

let data: string;
beforeEach(async () => {
  data = await mkdtemp(join(tmpdir(), 'flaghoist-restore-'));
});
afterEach(() => rm(data, { recursive: true, force: true }));

describe('a restore that names no backup', () => {
  it.each([
    ['2030-01-10', '2030-01-09T00-00-00Z'],
    // By a clock that lost its battery every backup is of later: the newest is the best there is.
    ['1970-01-01', '2030-02-01T00-00-00Z'],
  ])('on %s chooses %s', async (today, chosen) => {
    for (const day of ['2030-01-08', '2030-01-09', '2030-02-01']) {
      const folder = join(data, 'backups', `${day}T00-00-00Z`);
      await mkdir(join(folder, 'db'), { recursive: true });
      // Of no files, so that it says which one it is and does nothing more.
      await writeFile(join(folder, 'SHA256SUMS'), '');
    }
    const restored = restoreBackup({ data, from: undefined, now: () => new Date(today) });
    await expect(restored).rejects.toThrow(`the backup ${chosen} is damaged`);
  });
});
