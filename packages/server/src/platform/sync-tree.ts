/** Folders that are on the disk, not only in the machine's memory. */
import { open, readdir } from 'node:fs/promises';
import { join } from 'node:path';

const SYNCS_AT_ONCE = 32;

/** Syncs a folder and everything in it. */
export async function syncTree(folder: string): Promise<void> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = [folder, ...entries.map((entry) => join(entry.parentPath, entry.name))];
  for (let i = 0; i < paths.length; i += SYNCS_AT_ONCE)
    await Promise.all(paths.slice(i, i + SYNCS_AT_ONCE).map(syncPath));
}

/** Syncs one file, or the names in one folder. */
export async function syncPath(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
