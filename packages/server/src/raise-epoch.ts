/** A database that was put back to an earlier state, by whatever means, goes on in an epoch of its own. */
import type { Logger } from '@flaghoist/runtime/telemetry';
import { createRegexEngine } from '@flaghoist/client/regex';
import { createBus, type ServerBus } from './compose/bus.ts';
import { createModules } from './modules.ts';
import { publishInNewEpoch } from './modules/publishing/index.ts';
import { noteRestore } from './note-restore.ts';
import type { RestoredFrom } from './platform/backups.ts';
import { claimFolder, databaseFolder, finishRestore } from './platform/data-folder.ts';
import { type Database, row, sql } from './platform/database.ts';
import { openEmbedded } from './platform/embedded-adapter.ts';
import { migrate, readMigrations } from './platform/migrations.ts';
import { OperatorError } from './platform/operator-error.ts';
import { openPostgres } from './platform/postgres-adapter.ts';
import type { NatsAddress } from './server-options.ts';

export interface RaiseEpochOptions {
  /** Folder of the embedded database. */
  readonly data: string;
  /** PostgreSQL; absent: the embedded database in `data`. */
  readonly databaseUrl: string | undefined;
  /** As the servers have it, with PostgreSQL. */
  readonly nats: NatsAddress | undefined;
  readonly logger: Logger;
  readonly now: () => Date;
}

/** Of every environment, which edges and SDKs take over whatever they saw in the one before. No server may run over it. */
export async function raiseEpoch({ data, databaseUrl, nats, logger, now }: RaiseEpochOptions): Promise<number> {
  if (databaseUrl !== undefined) {
    const database = await openPostgres(databaseUrl, logger, {
      applicationName: 'flaghoist restore',
      // Whether servers may run on it is for their start to say.
      allowUnsafe: true,
    });
    try {
      await refuseServers(database);
      return await raiseEpochOf(database, now, null, nats);
    } finally {
      await database.close();
    }
  }
  const lock = await claimFolder(data);
  try {
    await finishRestore(data, now());
    const database = await openEmbedded(databaseFolder(data));
    try {
      return await raiseEpochOf(database, now, null);
    } finally {
      await database.close();
    }
  } finally {
    await lock.release();
  }
}

/** A publisher that runs would go on in the epoch that it knows. An edge alone takes what comes, and has a name of its own. */
async function refuseServers({ db }: Database): Promise<void> {
  const running = await row(
    db,
    sql<{ sessions: number }>`select count(*) as sessions from pg_stat_activity
      where datname = current_database() and application_name = 'flaghoist'`,
  );
  if (running !== undefined && running.sessions > 0)
    throw new OperatorError(
      'DATABASE_IN_USE',
      `Servers have ${running.sessions} sessions open in this database. Stop them all, raise the epoch, start them again.`,
    );
}

/**
 * The new epoch is the time in seconds since 1970, if that is higher than what was: two restores of one backup must not
 * count on in the same epoch, also when what the first one made is lost, or lies on another machine. History says that it
 * was done, and which backup the database was restored from: null, when it was put back by other means.
 */
export async function raiseEpochOf(
  database: Database,
  now: () => Date,
  restored: RestoredFrom | null,
  nats?: NatsAddress,
): Promise<number> {
  const { db } = database;
  const bus = await createBus({ database, nats });
  try {
    await migrate(database, await readMigrations());
    await reach(bus);
    const modules = createModules({
      ...database,
      now,
      regex: createRegexEngine(),
      identity: null,
      moment: () => ({ now: now().getTime(), random: crypto.randomUUID() }),
    });
    const choose = (highest: number): number => Math.max(highest + 1, Math.floor(now().getTime() / 1_000));
    const epoch = await publishInNewEpoch({ db, changes: modules.changes, log: bus.log, now }, choose);
    await noteRestore(modules, epoch, restored);
    return epoch;
  } finally {
    await bus.stop();
  }
}

/** Before anything is changed. Throws OperatorError `NATS`. */
async function reach(bus: ServerBus): Promise<void> {
  try {
    await bus.log.heads();
  } catch (error) {
    const { kind, problem } = await bus.status();
    if (kind !== 'nats') throw error;
    throw new OperatorError('NATS', `NATS cannot be used, and nothing was changed: ${problem ?? 'it was away'}`, error);
  }
}
