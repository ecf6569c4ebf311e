/**
 * Migrations: numbered `.sql` files, forward only, one set for both databases.
 *
 * Each file opens with `-- phase: expand|contract` and `-- transaction: yes|no`. What was applied is remembered with its
 * hash: a file that changed afterwards stops the start, because two installations would differ. Several processes may
 * start at once: an advisory lock lets one of them migrate while the others wait.
 */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { sha256 } from '@flaghoist/runtime/crypto';
import { type Database, rows, sql, type Tx } from './database.ts';
import { OperatorError } from './operator-error.ts';

export interface Migration {
  readonly number: number;
  readonly name: string;
  readonly text: string;
  readonly sha256: string;
}

/** Any number does; it only has to be ours. */
const LOCK = 7_061_942_001;
const HEADER = /^-- phase: (expand|contract)\n-- transaction: (yes|no)\n/;

export const MIGRATIONS_FOLDER = fileURLToPath(new URL('../../migrations', import.meta.url));

export async function readMigrations(folder: string = MIGRATIONS_FOLDER): Promise<readonly Migration[]> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.sql')).sort();
  const migrations = await Promise.all(
    names.map(async (name, index) => {
      const text = await readFile(join(folder, name), 'utf8');
      const number = Number(name.slice(0, 4));
      if (number !== index + 1) throw new Error(`migration ${name}: expected number ${index + 1}`);
      const header = HEADER.exec(text);
      if (header === null) throw new Error(`migration ${name}: the header lines are missing`);
      if (header[2] === 'no')
        throw new Error(`migration ${name}: this runner has no use for files outside a transaction yet`);
      return { number, name, text, sha256: sha256(text) };
    }),
  );
  return migrations;
}

/** Applies what is missing. Throws OperatorError when the database is newer than this program or its history differs. */
export async function migrate(database: Database, migrations: readonly Migration[]): Promise<void> {
  await database.db.transaction().execute(async (tx) => {
    await sql`set local statement_timeout = 0`.execute(tx);
    await sql`select pg_advisory_xact_lock(${LOCK}::bigint)`.execute(tx);
    await sql`create table if not exists migrations (
      number int primary key, name text not null, sha256 text not null, applied_at timestamptz not null default now())`.execute(
      tx,
    );
    const applied = await rows(
      tx,
      sql<{
        number: number;
        name: string;
        sha256: string;
      }>`select number, name, sha256 from migrations order by number`,
    );
    check(applied, migrations);
    for (const migration of migrations.slice(applied.length)) await apply(tx, migration);
  });
}

function check(
  applied: readonly { number: number; name: string; sha256: string }[],
  known: readonly Migration[],
): void {
  if (applied.length > known.length)
    throw new OperatorError(
      'DATABASE_NEWER',
      `The database has migration ${applied.at(-1)?.name ?? ''}, which this version of Flaghoist does not know. Start the newer version, or restore a backup made before the upgrade.`,
    );
  for (const [index, { name, sha256: hash }] of applied.entries())
    if (known[index]?.sha256 !== hash)
      throw new OperatorError(
        'DATABASE_HISTORY',
        `Migration ${name} was applied with another content than this version has. Use the version that made this database.`,
      );
}

async function apply(tx: Tx, migration: Migration): Promise<void> {
  await sql.raw(migration.text).execute(tx);
  await sql`insert into migrations (number, name, sha256) values (${migration.number}, ${migration.name}, ${migration.sha256})`.execute(
    tx,
  );
}
