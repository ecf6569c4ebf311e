/** `node dist/build-template.js`: prepares the embedded database's template folder (see platform/template.ts). */
import { existsSync } from 'node:fs';
import { readdir, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { sql } from './platform/database.ts';
import { openEmbedded } from './platform/embedded-adapter.ts';
import { migrate, readMigrations } from './platform/migrations.ts';
import { templateFolder } from './platform/template.ts';

const folder = await templateFolder();
if (!existsSync(folder)) {
  const database = await openEmbedded(`${folder}.making`);
  await migrate(database, await readMigrations());
  // Only CREATE DATABASE needs these two, and they are 600 of 1,065 files: a first start is mostly copying files.
  for (const name of ['template0', 'template1']) {
    await sql`update pg_database set datistemplate = false where datname = ${name}`.execute(database.db);
    await sql`drop database ${sql.id(name)}`.execute(database.db);
  }
  await database.close();
  await rename(`${folder}.making`, folder);
}
for (const name of await readdir(dirname(folder)))
  if (name !== basename(folder)) await rm(join(dirname(folder), name), { recursive: true, force: true });
