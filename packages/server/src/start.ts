/** Starts one process with the roles it was given, and stops it again. */
import { join } from 'node:path';
import { mkdir } from 'node:fs/promises';
import { FolderLockedError, lockFolder } from '@flaghoist/runtime/files';
import { createLifecycle } from '@flaghoist/runtime/lifecycle';
import type { ServerOptions } from './server-options.ts';
import type { Database } from './platform/database.ts';
import { openEmbedded } from './platform/embedded-adapter.ts';
import { migrate, readMigrations } from './platform/migrations.ts';
import { OperatorError } from './platform/operator-error.ts';
import { openPostgres } from './platform/postgres-adapter.ts';
import { templateFolder } from './platform/template.ts';

export interface RunningServer {
  readonly url: string;
  /** Null once somebody completed it. */
  readonly setupUrl: string | null;
  /** Null without `demo`. */
  readonly keys: { readonly server: string; readonly client: string } | null;
  /** Drains, stops and lets go of the folder. Never rejects. */
  stop(): Promise<void>;
  /** Resolves when stopping is done, whoever asked for it. */
  readonly finished: Promise<void>;
}

const DRAIN_MS = 5_000;
const STOP_MS = 5_000;

/** Rejects with an Error whose `code` begins with `FLAGHOIST_` when the operator has to change something. */
export async function startServer(options: ServerOptions): Promise<RunningServer> {
  const { logger } = options;
  checkRoles(options);
  const lifecycle = createLifecycle({ logger, drainMs: DRAIN_MS, stopMs: STOP_MS });
  let finish: () => void = () => undefined;
  const finished = new Promise<void>((resolve) => {
    finish = resolve;
  });
  const stop = async (): Promise<void> => {
    await lifecycle.stop();
    finish();
  };
  try {
    const data = await claimFolder(options.data);
    lifecycle.add({ name: 'data folder', stop: () => data.release() });
    // The embedded database compiles on other threads; the rest of the program is loaded meanwhile.
    const [database, { compose }] = await Promise.all([openDatabase(options), import('./compose.ts')]);
    lifecycle.add({ name: 'database', stop: () => database.close() });
    // An edge alone makes no tables: it has to come up, and answer from disk, while the database cannot be reached.
    if (!isEdgeAlone(options)) await migrate(database, await readMigrations());
    const { url, modules } = await compose({ ...options, database, lifecycle });
    const keys = options.demo ? await (await import('./demo.ts')).loadDemo(modules, logger) : null;
    const secret = (await modules.identity?.setup.invite()) ?? null;
    return {
      url,
      setupUrl: secret === null ? null : `${modules.identity?.origin.publicUrl ?? url}/setup#${secret}`,
      keys,
      stop,
      finished,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

function checkRoles({ roles, databaseUrl, demo }: ServerOptions): void {
  if (roles.length === 0)
    throw new OperatorError('ROLES', 'At least one role is needed: control, publisher, worker, edge.');
  if (databaseUrl === undefined && roles.length < 4)
    throw new OperatorError(
      'ROLES',
      'The embedded database belongs to one process, so that process has all roles. To split roles over processes, point DATABASE_URL of each at one PostgreSQL.',
    );
  if (demo && !roles.includes('control')) throw new OperatorError('DEMO', '--demo needs the role control.');
}

async function claimFolder(folder: string) {
  await mkdir(folder, { recursive: true, mode: 0o700 }).catch((error: Error) => {
    throw new OperatorError(
      'DATA',
      `The data folder ${folder} cannot be made: ${error.message}. Choose another with --data.`,
    );
  });
  try {
    return await lockFolder(folder);
  } catch (error) {
    if (error instanceof FolderLockedError) throw new OperatorError('DATA_LOCKED', error.message);
    throw error;
  }
}

async function openDatabase(options: ServerOptions): Promise<Database> {
  const { data, databaseUrl, logger } = options;
  return databaseUrl === undefined
    ? openEmbedded(join(data, 'db'), await templateFolder())
    : openPostgres(databaseUrl, logger, { mayBeAway: isEdgeAlone(options) });
}

function isEdgeAlone({ roles }: ServerOptions): boolean {
  return roles.every((role) => role === 'edge');
}
