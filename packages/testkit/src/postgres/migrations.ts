import { readdir, readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

/** From `src/postgres` as from `dist/postgres`. */
const FOLDER = new URL('../../../server/migrations/', import.meta.url);

export interface MigrationFile {
  readonly name: string;
  /** Plain SQL: one or several statements. */
  readonly text: string;
}

/** Every migration of the server, in the order in which they are applied. */
export async function readMigrations(): Promise<readonly MigrationFile[]> {
  const names = (await readdir(FOLDER)).filter((name) => name.endsWith('.sql')).sort();
  if (names.length === 0) throw new Error(`There is no migration in ${fileURLToPath(FOLDER)}.`);
  return Promise.all(names.map(async (name) => ({ name, text: await readFile(new URL(name, FOLDER), 'utf8') })));
}
