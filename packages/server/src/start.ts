/** Starts one process with the roles it was given, and stops it again. */
import { createLifecycle } from '@flaghoist/runtime/lifecycle';
import type { RunningServer } from './running-server.ts';
import type { ServerOptions } from './server-options.ts';
import { openListenerTls } from './listener-tls.ts';
import { openSignatureKeys } from './signature-keys.ts';
import { type BackupSchedule, startBackups } from './platform/backup-schedule.ts';
import { claimFolder, databaseFolder, finishRestore } from './platform/data-folder.ts';
import { type Database, WRITE_DEADLINE_MS } from './platform/database.ts';
import { isEmbedded, openEmbedded } from './platform/embedded-adapter.ts';
import { ThreadEndedError } from './platform/embedded-wire.ts';
import { migrate, readMigrations } from './platform/migrations.ts';
import { OperatorError } from './platform/operator-error.ts';
import { openPostgres } from './platform/postgres-adapter.ts';
import { templateFolder } from './platform/template.ts';

const DRAIN_MS = 5_000;
const STOP_MS = 5_000;

/** Rejects with an Error whose `code` begins with `FLAGHOIST_` when the operator has to change something. */
export async function startServer(options: ServerOptions): Promise<RunningServer> {
  const { logger } = options;
  checkRoles(options);
  const signing = await openSignatureKeys(options);
  const lifecycle = createLifecycle({ logger, drainMs: DRAIN_MS, stopMs: STOP_MS });
  lifecycle.add({ name: 'signature keys', stop: async () => signing.stop() });
  const { promise: finished, resolve: finish, reject: fail } = withResolvers();
  let failure = null as Error | null;
  const stop = async (): Promise<void> => {
    await lifecycle.stop();
    if (failure === null) finish();
    else fail(failure);
  };
  const onLost = (error: Error): void => {
    failure = new OperatorError(
      'DATABASE_LOST',
      `${error.message} Nothing that was acknowledged is lost: start again.`,
    );
    logger.fatal({ problem: error.message }, 'the embedded database is gone; the server stops');
    void stop();
  };
  try {
    const tls = await openListenerTls(options, lifecycle);
    const data = await claimFolder(options.data);
    lifecycle.add({ name: 'data folder', stop: () => data.release() });
    // The embedded database compiles on other threads; the rest of the program is loaded meanwhile.
    const [database, { compose }] = await Promise.all([openDatabase(options, onLost), import('./compose.ts')]);
    lifecycle.add({ name: 'database', stop: () => database.close() });
    await migrate(database, await readMigrations());
    const backups = await keepBackups(options, database);
    if (backups !== null) lifecycle.add({ name: 'backups', stop: () => backups.stop() });
    const { url, modules, metricsUrl, figures } = await compose({
      ...options,
      listenerTls: tls,
      signing,
      database,
      lifecycle,
      backupStatus: () => backups?.status() ?? null,
    });
    const keys = options.demo ? await (await import('./demo.ts')).loadDemo(modules, logger) : null;
    const secret = (await modules.identity?.setup.invite()) ?? null;
    return {
      url,
      metricsUrl,
      figures,
      setupUrl: secret === null ? null : `${modules.identity?.origin.publicUrl ?? url}/setup#${secret}`,
      keys,
      stop,
      finished,
    };
  } catch (error) {
    await stop();
    throw failure ?? error;
  }
}

function withResolvers() {
  let resolve: () => void = () => undefined;
  let reject: (error: Error) => void = () => undefined;
  const promise = new Promise<void>((done, failed) => {
    resolve = done;
    reject = failed;
  });
  // Not everybody who starts a server waits for its end.
  promise.catch(() => undefined);
  return { promise, resolve, reject };
}

function checkRoles({ roles, databaseUrl, demo, nats }: ServerOptions): void {
  if (roles.length === 0)
    throw new OperatorError('ROLES', 'At least one role is needed: control, publisher, worker, edge.');
  if (databaseUrl === undefined && nats !== undefined)
    throw new OperatorError(
      'NATS',
      'NATS carries the bus between processes over one PostgreSQL: set DATABASE_URL too, or leave NATS_URL out.',
    );
  if (databaseUrl === undefined && roles.length < 4)
    throw new OperatorError(
      'ROLES',
      'The embedded database belongs to one process, so that process has all roles. To split roles over processes, point DATABASE_URL of each at one PostgreSQL.',
    );
  if (demo && !roles.includes('control')) throw new OperatorError('DEMO', '--demo needs the role control.');
  if (roles.every((role) => role === 'edge')) throw new Error('An edge alone is started by startEdge.');
}

/** The embedded database, with its backups, or PostgreSQL, which has its own. */
async function openDatabase(options: ServerOptions, onLost: (error: Error) => void): Promise<Database> {
  const { data, databaseUrl, logger, writeDeadlineMs = WRITE_DEADLINE_MS, allowUnsafeDatabase } = options;
  if (databaseUrl !== undefined)
    return openPostgres(databaseUrl, logger, { writeDeadlineMs, data, allowUnsafe: allowUnsafeDatabase });
  const finished = await finishRestore(data, new Date());
  if (finished !== null) logger.warn(finished, 'a restore that was cut short was finished');
  const template = await templateFolder();
  return openEmbedded(databaseFolder(data), template, onLost, writeDeadlineMs).catch((error: unknown) => {
    if (!(error instanceof ThreadEndedError)) throw error;
    throw new OperatorError(
      'DATABASE_DAMAGED',
      `The embedded database in ${databaseFolder(data)} cannot be opened: ${error.message} \`flaghoist restore --list --data ${data}\` shows what it can be put back to.`,
    );
  });
}

async function keepBackups(options: ServerOptions, database: Database): Promise<BackupSchedule | null> {
  const { data, logger, backups } = options;
  if (!isEmbedded(database) || backups === undefined || backups.everyMs === 0) return null;
  return startBackups({ database, data, ...backups, logger, now: () => new Date() });
}
