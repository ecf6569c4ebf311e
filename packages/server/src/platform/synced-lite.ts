/**
 * PGlite (PostgreSQL in WebAssembly) over a folder, with every commit on the disk when it is answered.
 *
 * PGlite's own file system never syncs, so an acknowledged change would survive a kill but not a power cut. Here its
 * fsync is the real one and PostgreSQL is started with fsync on.
 */
import { fdatasyncSync } from 'node:fs';
import { PGlite, type PGliteOptions } from '@electric-sql/pglite';
import { NodeFS } from '@electric-sql/pglite/nodefs';

type PreRun = (module: { NODEFS?: { stream_ops: Record<string, unknown> } }) => void;

/** Writes what was written to an open file to the disk. */
export type SyncFile = (descriptor: number) => void;

export interface SyncedLiteOptions {
  /** PostgreSQL's program, compiled already; absent: compiled here. */
  readonly program?: object | undefined;
  readonly sync?: SyncFile;
  /** Told when PostgreSQL's program ended itself: nothing it is asked from then on is answered. */
  readonly onAbort?: (reason: unknown) => void;
}

class SyncingFS extends NodeFS {
  readonly #options: SyncedLiteOptions;

  constructor(folder: string, options: SyncedLiteOptions) {
    super(folder);
    this.#options = options;
  }

  override async init(lite: PGlite, options: Parameters<NodeFS['init']>[1]) {
    const result = await super.init(lite, options);
    const { sync = fdatasyncSync, onAbort } = this.#options;
    const preRun: PreRun = (module) => {
      const operations = module.NODEFS?.stream_ops;
      if (operations === undefined)
        throw new Error('PGlite no longer exposes its file system: syncing cannot be ensured');
      operations['fsync'] = (stream: { nfd: number }) => {
        sync(stream.nfd);
        return 0;
      };
    };
    const emscripten = result.emscriptenOpts;
    return {
      emscriptenOpts: {
        ...emscripten,
        preRun: [...((emscripten.preRun as PreRun[] | undefined) ?? []), preRun],
        ...(onAbort === undefined ? {} : { onAbort }),
      },
    };
  }
}

/** Opens the database in `folder`; one that does not exist is initialised, which takes seconds. */
export async function openSyncedLite(folder: string, options: SyncedLiteOptions = {}): Promise<PGlite> {
  const { program } = options;
  const settings: PGliteOptions = {
    fs: new SyncingFS(folder, options),
    // `-F` is PGlite's default and means fsync off.
    startParams: PGlite.defaultStartParams.filter((parameter) => parameter !== '-F'),
    postgresqlconf: ['fsync=on', 'wal_sync_method=fsync'],
    ...(program === undefined ? {} : { pgliteWasmModule: program }),
  };
  return PGlite.create(settings);
}
