/**
 * The embedded default: PGlite (PostgreSQL in WebAssembly) in a folder.
 *
 * PGlite's own file system never syncs, so an acknowledged change would survive a kill but not a power cut. Here its
 * fsync is the real one and PostgreSQL is started with fsync on: measured as 250 fdatasync calls for 200 commits, at
 * less than twice the time.
 */
import { existsSync, fdatasyncSync } from 'node:fs';
import { cp, mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { PGlite, type PGliteOptions } from '@electric-sql/pglite';
import { NodeFS } from '@electric-sql/pglite/nodefs';
import { createPgConfig } from '@electric-sql/pglite/node-postgres';
import { Kysely, PostgresDialect } from 'kysely';
import pg from 'pg';
import { type Database, sql } from './database.ts';
import { guarded, typeParsers } from './pg-settings.ts';

type PreRun = (module: { NODEFS?: { stream_ops: Record<string, unknown> } }) => void;

class SyncingFS extends NodeFS {
  override async init(lite: PGlite, options: Parameters<NodeFS['init']>[1]) {
    const result = await super.init(lite, options);
    const preRun: PreRun = (module) => {
      const operations = module.NODEFS?.stream_ops;
      if (operations === undefined)
        throw new Error('PGlite no longer exposes its file system: syncing cannot be ensured');
      operations['fsync'] = (stream: { nfd: number }) => {
        fdatasyncSync(stream.nfd);
        return 0;
      };
    };
    const emscripten = result.emscriptenOpts;
    return {
      emscriptenOpts: { ...emscripten, preRun: [...((emscripten.preRun as PreRun[] | undefined) ?? []), preRun] },
    };
  }
}

async function open(folder: string): Promise<PGlite> {
  const options: PGliteOptions = {
    fs: new SyncingFS(folder),
    // `-F` is PGlite's default and means fsync off.
    startParams: PGlite.defaultStartParams.filter((parameter) => parameter !== '-F'),
    postgresqlconf: ['fsync=on', 'wal_sync_method=fsync'],
  };
  return PGlite.create(options);
}

/**
 * Opens the database in `folder`. A folder that does not exist yet is made from `template` (a prepared database folder,
 * see build-template.ts) when that exists, else initialised, in both cases beside it and then renamed: a kill
 * in between leaves nothing half-made behind.
 */
export async function openEmbedded(folder: string, template?: string): Promise<Database> {
  if (!existsSync(folder)) await create(folder, template);
  const lite = await open(folder);
  // Only the config's own members matter; the class has no methods.
  const pool = new pg.Pool(Object.assign({}, createPgConfig(lite), { max: 1, types: typeParsers }));
  pool.on('error', () => undefined);
  const db = new Kysely<unknown>({ dialect: new PostgresDialect({ pool: guarded(pool) }) });
  return {
    db,
    kind: 'embedded',
    description: 'embedded PostgreSQL (PGlite)',
    async listen(channel, wake) {
      const forget = lite.onNotification((notified) => {
        if (notified === channel) wake();
      });
      // Through the pool: a LISTEN of PGlite's own would land in whichever transaction is open and fall with it.
      await sql`listen ${sql.id(channel)}`.execute(db);
      return async () => forget();
    },
    async close() {
      await pool.end();
      await lite.close();
    },
  };
}

async function create(folder: string, template: string | undefined): Promise<void> {
  const beside = `${folder}.new`;
  await rm(beside, { recursive: true, force: true });
  await mkdir(join(beside, '..'), { recursive: true, mode: 0o700 });
  if (template !== undefined && existsSync(template))
    await cp(template, beside, { recursive: true, preserveTimestamps: false });
  else await (await open(beside)).close();
  await rename(beside, folder);
}
