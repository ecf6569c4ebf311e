import { execFileSync } from 'node:child_process';
import { appendFile, mkdir, mkdtemp, readdir, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { checkSums, listBackups, removeOldBackups } from './backups.ts';

let data: string;
beforeEach(async () => {
  data = await mkdtemp(join(tmpdir(), 'flaghoist-backups-'));
});
afterEach(() => rm(data, { recursive: true, force: true }));

describe('a backup', () => {
  it.each([
    ['a byte that was added', (folder: string) => appendFile(join(folder, 'db', 'global', 'pg_control'), 'x')],
    ['a file that was cut', (folder: string) => truncate(join(folder, 'db', 'PG_VERSION'))],
    ['a file that is gone', (folder: string) => rm(join(folder, 'db', 'PG_VERSION'))],
    ['a file too many', (folder: string) => writeFile(join(folder, 'db', 'new'), '')],
    ['an empty list', (folder: string) => truncate(join(folder, 'SHA256SUMS'))],
  ])('is called damaged for %s', async (_, damage) => {
    // The sums know nothing of databases, and a database of megabytes is slow to sum up.
    const backup = { name: 'b', at: '', folder: join(data, 'backups', 'b') };
    await mkdir(join(backup.folder, 'db', 'global'), { recursive: true });
    for (const file of ['PG_VERSION', 'global/pg_control']) await writeFile(join(backup.folder, 'db', file), '18');
    const sums = execFileSync('sha256sum', ['db/PG_VERSION', 'db/global/pg_control'], { cwd: backup.folder });
    await writeFile(join(backup.folder, 'SHA256SUMS'), sums);
    await checkSums(backup);
    await damage(backup.folder);
    await expect(checkSums(backup)).rejects.toThrow('is damaged');
  });
});

describe('backups', () => {
  it('are listed newest first without what is half-made, and only the newest are kept', async () => {
    const names = ['2030-01-02T00-00-00Z', '2030-01-01T00-00-00Z', '2030-01-03T00-00-00Z'];
    for (const name of [...names, '2030-01-04T00-00-00Z.making', 'mine']) {
      await mkdir(join(data, 'backups', name), { recursive: true });
      await writeFile(join(data, 'backups', name, 'SHA256SUMS'), '');
    }
    expect((await listBackups(data)).map(({ name }) => name)).toEqual([names[2], names[0], names[1]]);
    await removeOldBackups(data, 2, new Date('2030-02-01'));
    expect((await readdir(join(data, 'backups'))).sort()).toEqual([
      names[0],
      names[2],
      '2030-01-04T00-00-00Z.making',
      'mine',
    ]);
  });
});
