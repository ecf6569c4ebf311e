/** Folders that are on the disk, not only in the machine's memory. */
import { closeSync, copyFileSync, fsync, openSync } from 'node:fs';
import { mkdir, open, readdir } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { promisify } from 'node:util';

const SYNCS_AT_ONCE = 32;
const COPIES_AT_ONCE = 16;

/**
 * Copies a folder of small files to `to`, which does not exist yet; it is on the disk then.
 *
 * A few files at once and by this thread: `fs.cp` takes six times the processor time for the 600 files of a new
 * database, most of it in threads that wait for one another in the file system.
 */
export async function copyTree(from: string, to: string): Promise<void> {
  const entries = await readdir(from, { recursive: true, withFileTypes: true });
  const inside = entries.map((entry) => ({ entry, path: relative(from, join(entry.parentPath, entry.name)) }));
  const folders = [to, ...inside.filter(({ entry }) => entry.isDirectory()).map(({ path }) => join(to, path))];
  const files = inside.filter(({ entry }) => entry.isFile()).map(({ path }) => path);
  for (const folder of folders) await mkdir(folder, { mode: 0o700 });
  for (let i = 0; i < files.length; i += COPIES_AT_ONCE) await copyFiles(from, to, files.slice(i, i + COPIES_AT_ONCE));
  for (const folder of folders) await syncPath(folder);
}

async function copyFiles(from: string, to: string, paths: readonly string[]): Promise<void> {
  const copies: number[] = [];
  try {
    for (const path of paths) {
      copyFileSync(join(from, path), join(to, path));
      copies.push(openSync(join(to, path), 'r'));
    }
    await Promise.all(copies.map((copy) => promisify(fsync)(copy)));
  } finally {
    for (const copy of copies) closeSync(copy);
  }
}

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
