/** A restore, from the check of the backup to the database in its place. */
import { existsSync } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type Backup, checkSums, copyTree, listBackups, madeUntil, type RestoredFrom } from './platform/backups.ts';
import { claimFolder, databaseFolder, finishRestore, restoredFolder } from './platform/data-folder.ts';
import { openEmbedded } from './platform/embedded-adapter.ts';
import { OperatorError } from './platform/operator-error.ts';
import { syncPath, syncTree } from './platform/sync-tree.ts';
import { raiseEpochOf } from './raise-epoch.ts';

export interface Restored {
  /** The backup's name. */
  readonly backup: string;
  readonly at: string;
  /** In which every environment goes on. */
  readonly epoch: number;
  /** Folder of the database that was there before; null: there was none. */
  readonly setAside: string | null;
}

export interface RestoreOptions {
  readonly data: string;
  /** The backup's name; undefined: the newest that is not dated later than now, else the newest. */
  readonly from: string | undefined;
  readonly now: () => Date;
}

/**
 * Puts the database back to a backup, the newest without `from`. Until its last step nothing is touched; a kill leaves
 * either the database as it was, or one that the next start finishes putting in place. The database before is renamed,
 * not removed. Rejects with an OperatorError: `DATA_LOCKED`, `NO_BACKUP`, `BACKUP_DAMAGED`, or one of migrating.
 */
export async function restoreBackup(options: RestoreOptions): Promise<Restored> {
  const { data, from, now } = options;
  if (!existsSync(data))
    throw new OperatorError('NO_BACKUP', `There is no folder ${data}. Name the server's with --data.`);
  const lock = await claimFolder(data);
  try {
    await finishRestore(data, now());
    const backup = await choose(data, from, now());
    await checkSums(backup).catch((error: Error) => {
      throw new OperatorError('BACKUP_DAMAGED', `${error.message}. Nothing was changed. Choose another with --from.`);
    });
    const beside = `${databaseFolder(data)}.restoring`;
    await rm(beside, { recursive: true, force: true });
    await copyTree(join(backup.folder, 'db'), beside);
    const epoch = await raiseEpoch(beside, now, { name: backup.name, at: backup.at });
    await syncTree(beside);
    await rename(beside, restoredFolder(data));
    await syncPath(data);
    const finished = await finishRestore(data, now());
    return { backup: backup.name, at: backup.at, epoch, setAside: finished?.setAside ?? null };
  } finally {
    await lock.release();
  }
}

async function choose(data: string, from: string | undefined, at: Date): Promise<Backup> {
  const backups = await listBackups(data);
  const newest = madeUntil(backups, at)[0] ?? backups[0];
  const chosen = from === undefined ? newest : backups.find(({ name }) => name === from);
  if (chosen !== undefined) return chosen;
  const what = from === undefined ? 'no backup' : `no backup ${from}`;
  throw new OperatorError('NO_BACKUP', `There is ${what} in ${join(data, 'backups')}. See them with --list.`);
}

async function raiseEpoch(folder: string, now: () => Date, restored: RestoredFrom): Promise<number> {
  const database = await openEmbedded(folder);
  try {
    return await raiseEpochOf(database, now, restored);
  } finally {
    await database.close();
  }
}
