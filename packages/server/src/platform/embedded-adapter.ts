/**
 * The embedded default: PGlite (PostgreSQL in WebAssembly) in a folder.
 *
 * PGlite's own file system never syncs, so an acknowledged change would survive a kill but not a power cut. Here its
 * fsync is the real one and PostgreSQL is started with fsync on, so that a commit is on disk when it is answered.
 */
import { existsSync, fdatasyncSync } from 'node:fs';
import { cp, mkdir, open as openFile, readdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { PGlite, type PGliteOptions } from '@electric-sql/pglite';
import { NodeFS } from '@electric-sql/pglite/nodefs';
import { createPgConfig } from '@electric-sql/pglite/node-postgres';
import { Kysely, PostgresDialect } from 'kysely';
import pg from 'pg';
import { type Database, sql } from './database.ts';
import { guarded, typeParsers } from './pg-settings.ts';

const SYNCS_AT_ONCE = 32;

type PreRun = (module: { NODEFS?: { stream_ops: Record<string, unknown> } }) => void;

/** Writes what was written to an open file to the disk. */
export type SyncFile = (descriptor: number) => void;

class SyncingFS extends NodeFS {
  readonly #sync: SyncFile;

  constructor(folder: string, sync: SyncFile) {
    super(folder);
    this.#sync = sync;
  }

  override async init(lite: PGlite, options: Parameters<NodeFS['init']>[1]) {
    const result = await super.init(lite, options);
    const preRun: PreRun = (module) => {
      const operations = module.NODEFS?.stream_ops;
      if (operations === undefined)
        throw new Error('PGlite no longer exposes its file system: syncing cannot be ensured');
      operations['fsync'] = (stream: { nfd: number }) => {
        this.#sync(stream.nfd);
        return 0;
      };
    };
    const emscripten = result.emscriptenOpts;
    return {
      emscriptenOpts: { ...emscripten, preRun: [...((emscripten.preRun as PreRun[] | undefined) ?? []), preRun] },
    };
  }
}

async function open(folder: string, sync: SyncFile): Promise<PGlite> {
  const options: PGliteOptions = {
    fs: new SyncingFS(folder, sync),
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
export async function openEmbedded(
  folder: string,
  template?: string,
  sync: SyncFile = fdatasyncSync,
): Promise<Database> {
  if (!existsSync(folder)) await create(folder, template, sync);
  const lite = await open(folder, sync);
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

async function create(folder: string, template: string | undefined, sync: SyncFile): Promise<void> {
  const beside = `${folder}.new`;
  await rm(beside, { recursive: true, force: true });
  await mkdir(dirname(folder), { recursive: true, mode: 0o700 });
  if (template !== undefined && existsSync(template)) await cp(template, beside, { recursive: true });
  else await (await open(beside, sync)).close();
  // What commits write later rests on these files: they are on disk before anything is acknowledged.
  await syncTree(beside);
  await rename(beside, folder);
  await syncPath(dirname(folder));
}

async function syncTree(folder: string): Promise<void> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = [folder, ...entries.map((entry) => join(entry.parentPath, entry.name))];
  for (let i = 0; i < paths.length; i += SYNCS_AT_ONCE)
    await Promise.all(paths.slice(i, i + SYNCS_AT_ONCE).map(syncPath));
}

async function syncPath(path: string): Promise<void> {
  const handle = await openFile(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
