/**
 * Copies of the embedded database: `DATA/backups/NAME/`, with the database's folder `db` and the file `SHA256SUMS`, in the
 * form that `sha256sum --check` reads. A backup was opened and read before it got its name, and is closed.
 */
import { createHash } from 'node:crypto';
import { constants, createReadStream, existsSync } from 'node:fs';
import { cp, mkdir, readdir, readFile, rename, rm, stat, statfs, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { databaseFolder } from './data-folder.ts';
import { rows, sql } from './database.ts';
import { type EmbeddedDatabase, openEmbedded } from './embedded-adapter.ts';
import { syncPath, syncTree } from './sync-tree.ts';

const SUMS = 'SHA256SUMS';
const NAME = /^\d{4}-\d\d-\d\dT\d\d-\d\d-\d\dZ$/;
const LINE = /^([0-9a-f]{64}) {2}(.+)$/;

/** What a database was restored from. */
export type RestoredFrom = Pick<Backup, 'name' | 'at'>;

export interface Backup {
  /** When it was made, to the second, as a file may be named: `2026-11-22T09-00-00Z`. */
  readonly name: string;
  /** The same as a time. */
  readonly at: string;
  readonly folder: string;
}

export function backupsFolder(data: string): string {
  return join(data, 'backups');
}

/** Newest first. What is being made, and what is no backup, is left out. */
export async function listBackups(data: string): Promise<readonly Backup[]> {
  const folder = backupsFolder(data);
  const names = existsSync(folder) ? await readdir(folder) : [];
  return names
    .filter((name) => NAME.test(name) && existsSync(join(folder, name, SUMS)))
    .sort()
    .reverse()
    .map((name) => describe(data, name));
}

/**
 * Makes one, verified. The database works on, but for the time that copying its files takes, which is told as `heldMs`.
 * Rejects, and leaves nothing behind, when there is no room for it, when the copy does not open, or when `signal` is aborted.
 */
export async function makeBackup(options: {
  readonly database: EmbeddedDatabase;
  readonly data: string;
  readonly now: Date;
  readonly signal: AbortSignal;
}): Promise<Backup & { readonly heldMs: number }> {
  const { database, data, signal } = options;
  const folder = backupsFolder(data);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  for (const name of await readdir(folder))
    if (name.endsWith('.making')) await rm(join(folder, name), { recursive: true, force: true });
  await requireRoom(data);
  const backup = describe(data, nameOf(options.now));
  const beside = `${backup.folder}.making`;
  try {
    const heldMs = await database.whileAtRest(async () => {
      const began = performance.now();
      await copyTree(databaseFolder(data), join(beside, 'db'));
      return performance.now() - began;
    });
    signal.throwIfAborted();
    await openAndRead(join(beside, 'db'));
    signal.throwIfAborted();
    await writeFile(join(beside, SUMS), await sumsOf(beside));
    await syncTree(beside);
    await rename(beside, backup.folder);
    await syncPath(folder);
    return { ...backup, heldMs };
  } catch (error) {
    await rm(beside, { recursive: true, force: true });
    throw error;
  }
}

/** Those that the clock at `at` can have made. The others were made by one that was ahead, and was put right since. */
export function madeUntil(backups: readonly Backup[], at: Date): readonly Backup[] {
  return backups.filter((backup) => Date.parse(backup.at) <= at.getTime());
}

/**
 * Removes all but the newest `kept`. Those dated after `at` are counted for themselves: nobody knows when they were made,
 * and none of them takes the place of one whose date is true.
 */
export async function removeOldBackups(data: string, kept: number, at: Date): Promise<void> {
  const backups = await listBackups(data);
  const past = madeUntil(backups, at);
  const future = backups.filter((backup) => !past.includes(backup));
  for (const { folder } of [...past.slice(kept), ...future.slice(kept)])
    await rm(folder, { recursive: true, force: true });
}

/** Rejects when a file of the backup is not what it was when it was made, is missing, or is one too many. */
export async function checkSums(backup: Backup): Promise<void> {
  const expected = parseSums(await readFile(join(backup.folder, SUMS), 'utf8'));
  const found = parseSums(await sumsOf(backup.folder));
  const wrong = [...new Set([...expected.keys(), ...found.keys()])].filter(
    (path) => expected.get(path) !== found.get(path),
  );
  if (wrong.length > 0 || expected.size === 0)
    throw new Error(`the backup ${backup.name} is damaged: ${wrong.slice(0, 3).join(', ') || 'it names no file'}`);
}

/** Where the file system can, without copying a byte. */
export async function copyTree(from: string, to: string): Promise<void> {
  await cp(from, to, { recursive: true, mode: constants.COPYFILE_FICLONE });
}

function describe(data: string, name: string): Backup {
  const [date = '', time = ''] = name.split('T');
  return { name, at: `${date}T${time.replaceAll('-', ':')}`, folder: join(backupsFolder(data), name) };
}

function nameOf(at: Date): string {
  return `${at.toISOString().slice(0, 19).replaceAll(':', '-')}Z`;
}

/** Twice the database: the copy, and what PostgreSQL writes while it is opened. The database itself needs room after it. */
async function requireRoom(data: string): Promise<void> {
  const files = await filesIn(databaseFolder(data));
  const sizes = await Promise.all(files.map(async (path) => (await stat(path).catch(() => null))?.size ?? 0));
  const needed = 2 * sizes.reduce((sum, size) => sum + size, 0);
  const { bavail, bsize } = await statfs(data);
  if (bavail * bsize < needed)
    throw new Error(
      `there is no room for a backup: ${megabytes(needed)} MB have to be free on the disk of ${data}, and ${megabytes(bavail * bsize)} MB are`,
    );
}

/** On a thread of its own: every row of every table can be read, after whatever recovery the copy needed. */
async function openAndRead(folder: string): Promise<void> {
  const copy = await openEmbedded(folder);
  try {
    const tables = await rows(
      copy.db,
      sql<{ name: string }>`select tablename as name from pg_tables where schemaname = 'public'`,
    );
    if (!tables.some(({ name }) => name === 'migrations')) throw new Error('the copy of the database has no content');
    for (const { name } of tables) await sql`select count(t.*) from ${sql.table(name)} t`.execute(copy.db);
  } finally {
    await copy.close();
  }
}

async function sumsOf(folder: string): Promise<string> {
  const files = (await filesIn(join(folder, 'db'))).sort();
  let text = '';
  for (const path of files) text += `${await sumOf(path)}  ${relative(folder, path)}\n`;
  return text;
}

function parseSums(text: string): ReadonlyMap<string, string> {
  const lines = text.split('\n').map((line) => LINE.exec(line));
  return new Map(lines.flatMap((found) => (found === null ? [] : [[found[2] ?? '', found[1] ?? ''] as const])));
}

async function sumOf(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
}

async function filesIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
}

function megabytes(bytes: number): number {
  return Math.ceil(bytes / (1 << 20));
}
