// @ts-check
import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const FOLDER = fileURLToPath(new URL('../../packages/server/.template', import.meta.url));
const IDENTIFIER_BYTES = 8;

/**
 * Rejects when a database was not copied from the prepared template: PostgreSQL writes a number of its own into every
 * database that it initialises, and a copy has that of its original.
 *
 * @param {string} database Its folder.
 */
export async function requireFromTemplate(database) {
  const mine = await identifierOf(database);
  for (const name of await readdir(FOLDER).catch(() => [])) {
    if ((await identifierOf(join(FOLDER, name))).equals(mine)) return;
  }
  throw new Error('The server did not use the prepared template: run npm run build.');
}

/** @param {string} database */
async function identifierOf(database) {
  return (await readFile(join(database, 'global', 'pg_control'))).subarray(0, IDENTIFIER_BYTES);
}
