/**
 * The prepared database folder: PGlite's own first start takes seconds, copying a prepared folder a fraction of one (bench `start`).
 * It is made by the build (build-template.ts) and named after what it holds, so that a stale one is never used.
 */
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { sha256 } from '@flaghoist/runtime/crypto';
import { readMigrations } from './migrations.ts';

const FOLDER = fileURLToPath(new URL('../../.template', import.meta.url));

export async function templateFolder(): Promise<string> {
  const require = createRequire(import.meta.url);
  const pglite = await readFile(join(require.resolve('@electric-sql/pglite'), '../../package.json'), 'utf8');
  const { version } = JSON.parse(pglite) as { version: string };
  const migrations = await readMigrations();
  const key = sha256([version, ...migrations.map((migration) => migration.sha256)].join('\n')).slice(0, 12);
  return join(FOLDER, key);
}
