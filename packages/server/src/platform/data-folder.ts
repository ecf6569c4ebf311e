/** The data folder of one process: `db`, the embedded database, beside what else must survive a restart. */
import { existsSync } from 'node:fs';
import { mkdir, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { type FolderLock, FolderLockedError, lockFolder } from '@flaghoist/runtime/files';
import { OperatorError } from './operator-error.ts';
import { syncPath } from './sync-tree.ts';

/** Takes the folder for this process alone; made when missing. Throws OperatorError `DATA`, `DATA_LOCKED`. */
export async function claimFolder(folder: string): Promise<FolderLock> {
  await mkdir(folder, { recursive: true, mode: 0o700 }).catch((error: Error) => {
    throw new OperatorError(
      'DATA',
      `The data folder ${folder} cannot be made: ${error.message}. Choose another with --data.`,
    );
  });
  try {
    return await lockFolder(folder);
  } catch (error) {
    if (error instanceof FolderLockedError) throw new OperatorError('DATA_LOCKED', error.message);
    throw error;
  }
}

export function databaseFolder(data: string): string {
  return join(data, 'db');
}

/** A restored database that is whole and on the disk, and only has to be put in its place. */
export function restoredFolder(data: string): string {
  return join(data, 'db.restored');
}

/**
 * Puts a restored database in its place and sets the present one aside. Begins and ends with renames: a kill in between
 * is made good by the next call, which is why every start calls it. Null when there is nothing to do, else where the
 * database before lies now; that is null too when there was none.
 */
export async function finishRestore(data: string, now: Date): Promise<{ readonly setAside: string | null } | null> {
  if (!existsSync(restoredFolder(data))) return null;
  const hasDatabase = existsSync(databaseFolder(data));
  const setAside = hasDatabase ? join(data, `db.before-restore-${now.toISOString().replaceAll(/[:.]/g, '-')}`) : null;
  if (setAside !== null) await rename(databaseFolder(data), setAside);
  await rename(restoredFolder(data), databaseFolder(data));
  await syncPath(data);
  return { setAside };
}
