/** PostgreSQL 15 or newer, by DATABASE_URL. */
import { Kysely, PostgresDialect, type PostgresPool } from 'kysely';
import pg from 'pg';
import type { Logger } from '@flaghoist/runtime/telemetry';
import { CommitBarrier } from './commit-barrier.ts';
import { type Database, refuseNested, WRITE_DEADLINE_MS } from './database.ts';
import { parseDatabaseHosts } from './database-hosts.ts';
import { describeDurability, describeReplication, readReplication } from './durability.ts';
import { createFollowingClient } from './following-client.ts';
import { KnownServer } from './known-server.ts';
import { keepListening } from './listening.ts';
import { OperatorError } from './operator-error.ts';
import { typeParsers } from './pg-settings.ts';
import { NoPrimaryError, Primary } from './primary.ts';
import { createStandbyPool } from './standby-reads.ts';
import { type OnCommit, WatchedClient } from './watched-client.ts';

const OLDEST = 150_000;
/** At work at a time; and those that may wait besides, in a commit that is late. */
const SESSIONS = 10;
const MOST_HELD = 20;

export interface PostgresOptions {
  readonly writeDeadlineMs?: number | undefined;
  readonly applicationName?: string;
  /** Where this process keeps which server it saw last; absent: it remembers none, and takes any. */
  readonly data?: string;
  /** Also one that loses acknowledged changes at a power cut. */
  readonly allowUnsafe?: boolean | undefined;
}

/** A database that nobody has asked anything yet. */
export interface PostgresDatabase extends Database {
  /** Null, or why it cannot be reached. Throws OperatorError when it is reached, and refuses us or does not suit us. */
  check(): Promise<string | null>;
}

/** Throws OperatorError when the database cannot be reached, refuses us or does not suit us. */
export async function openPostgres(url: string, logger: Logger, options: PostgresOptions = {}): Promise<Database> {
  const { take, database } = connect(url, logger, options);
  try {
    return { ...database, description: `PostgreSQL ${await readVersion(take, logger, options)}` };
  } catch (error) {
    await database.close();
    throw error;
  }
}

/** For whoever can do without a database that cannot be reached. */
export function connectPostgres(url: string, logger: Logger, options: PostgresOptions = {}): PostgresDatabase {
  const { take, database } = connect(url, logger, options);
  return {
    ...database,
    async check() {
      try {
        await readVersion(take, logger, options);
        return null;
      } catch (error) {
        if (error instanceof OperatorError && error.cause !== undefined && isAway(error.cause)) return error.message;
        throw error;
      }
    },
  };
}

interface Connected {
  /** A session of the host that takes writes. */
  readonly take: () => Promise<pg.PoolClient>;
  readonly database: Database;
}

function connect(url: string, logger: Logger, options: PostgresOptions): Connected {
  const { writeDeadlineMs = WRITE_DEADLINE_MS, applicationName = 'flaghoist', data = null } = options;
  const hosts = parseDatabaseHosts(url);
  const settings: pg.ClientConfig = {
    application_name: applicationName,
    connectionTimeoutMillis: writeDeadlineMs,
    // Lets go of locks that nobody waits for any more. PostgreSQL does not interrupt a commit for it.
    statement_timeout: writeDeadlineMs,
    idle_in_transaction_session_timeout: 30_000,
    keepAlive: true,
    // One that nobody asks anything of, that which listens above all, is found gone within 20 s.
    keepAliveInitialDelayMillis: 10_000,
    types: typeParsers,
  };
  const primary = new Primary({ hosts, settings, known: new KnownServer(data, logger), logger });
  const Client = createFollowingClient(primary);
  const pool = createPool(settings, Client, logger);
  const take = async (): Promise<pg.PoolClient> => {
    const host = await primary.find();
    try {
      return await pool.connect();
    } catch (error) {
      // Another one may have taken over in this moment.
      if ((await primary.find()) === host) throw error;
      return pool.connect();
    }
  };
  const patient = { find: () => primary.find(), open: () => new Client({ ...settings, statement_timeout: 0 }) };
  const barrier = createBarrier(primary, pool, patient.open);
  const listeners = new Set<() => Promise<void>>();
  let wroteAt = Number.NEGATIVE_INFINITY;
  const makeRoom = createRoom(pool, writeDeadlineMs);
  const onCommit = (): (() => void) => {
    wroteAt = performance.now();
    return makeRoom();
  };
  const watched: PostgresPool = {
    connect: async () => {
      refuseNested();
      return new WatchedClient(await take(), writeDeadlineMs, logger, onCommit);
    },
    end: () => pool.end(),
  };
  const standbyReads = createStandbyPool({
    find: () => primary.nearStandby(),
    primary: () => watched.connect(),
    wroteAt: () => wroteAt,
    settings,
    logger,
  });
  const db = new Kysely<unknown>({ dialect: new PostgresDialect({ pool: watched }) });
  const database: Database = {
    db,
    reports: db,
    standby: hosts.length === 1 ? db : new Kysely<unknown>({ dialect: new PostgresDialect({ pool: standbyReads }) }),
    kind: 'postgres',
    writeDeadlineMs,
    description: 'PostgreSQL',
    durability: async () => describeDurability(await readReplication(db), primary.host.name, primary.problem),
    replication: async () => describeReplication(await readReplication(db), primary.seen()),
    confirmed: () => barrier.pass(),
    async listen(channel, wake) {
      const stop = keepListening(patient, channel, wake, logger);
      listeners.add(stop);
      return async () => {
        listeners.delete(stop);
        await stop();
      };
    },
    async close() {
      await Promise.all([...listeners].map((stop) => stop()));
      barrier.stop();
      await primary.stop();
      await Promise.all([pool.end(), standbyReads.end()]);
    },
  };
  return { take, database };
}

/**
 * A commit that waits for a standby holds its connection for as long as that takes. Once nobody waits for its answer any
 * more, another connection may take its place, so that reads and the publisher go on meanwhile.
 */
function createRoom(pool: pg.Pool, afterMs: number): OnCommit {
  let held = 0;
  return () => {
    let isHeld = false;
    const timer = setTimeout(() => {
      if (held === MOST_HELD) return;
      isHeld = true;
      held += 1;
      pool.options.max = SESSIONS + held;
    }, afterMs);
    return () => {
      clearTimeout(timer);
      if (isHeld) held -= 1;
      pool.options.max = SESSIONS + held;
    };
  };
}

function createBarrier(primary: Primary, pool: pg.Pool, open: () => pg.Client): CommitBarrier {
  let connections = 0;
  pool.on('connect', () => {
    if (primary.isSynchronous) connections += 1;
  });
  const connected = async (): Promise<pg.Client> => {
    await primary.find();
    return open().connect();
  };
  return new CommitBarrier({ open: connected, connections: () => connections });
}

function createPool(settings: pg.ClientConfig, Client: typeof pg.Client, logger: Logger): pg.Pool {
  const pool = new pg.Pool({ ...settings, max: SESSIONS, Client });
  pool.on('error', (error) => logger.warn({ error: error.message }, 'database: an idle connection was lost'));
  // A session that breaks between two queries of a transaction tells its client, not the pool.
  pool.on('connect', (client) =>
    client.on('error', (error) => logger.warn({ error: error.message }, 'database: a connection was lost')),
  );
  return pool;
}

interface Version {
  readonly number: number;
  readonly text: string;
  readonly off: readonly string[] | null;
}

const ASK_VERSION = `select current_setting('server_version_num')::int as number, current_setting('server_version') as text,
  (select array_agg(name) from pg_settings
    where name in ('fsync', 'full_page_writes', 'synchronous_commit') and setting = 'off') as off`;

async function readVersion(
  take: Connected['take'],
  logger: Logger,
  { allowUnsafe = false }: PostgresOptions,
): Promise<string> {
  const { number, text, off } = await askVersion(take);
  if (number < OLDEST)
    throw new OperatorError('DATABASE_VERSION', `PostgreSQL 15 or newer is needed; this server is ${text}.`);
  if (off !== null) {
    const risk = `This PostgreSQL runs with ${off.map((name) => `${name}=off`).join(' and ')}: a power cut would lose acknowledged changes.`;
    if (!allowUnsafe)
      throw new OperatorError(
        'DATABASE_FSYNC',
        `${risk} Set ${off.join(' and ')} to on in postgresql.conf (synchronous_commit perhaps for this user or database) and restart it. Where that is meant, as for a test, start with --allow-unsafe-database.`,
      );
    logger.error({ off }, `${risk} It is used because of --allow-unsafe-database.`);
  }
  return text.split(' ')[0] ?? text;
}

async function askVersion(take: Connected['take']): Promise<Version> {
  try {
    const client = await take();
    try {
      const { rows } = await client.query<Version>(ASK_VERSION);
      return rows[0] ?? { number: 0, text: 'unknown', off: null };
    } finally {
      client.release();
    }
  } catch (error) {
    if (error instanceof OperatorError) throw error;
    const { message } = error as Error;
    if (error instanceof NoPrimaryError && error.isRefusal)
      throw new OperatorError('DATABASE_OLD', `${message}. ${REFUSED}`, error);
    throw new OperatorError(
      'DATABASE',
      `The database at DATABASE_URL cannot be used: ${message}. Check that the server runs, and the host, port, name, user and password in DATABASE_URL.`,
      error,
    );
  }
}

const REFUSED =
  'Nothing is written to it. An old primary has to be rebuilt as a standby of the new one. If this database is the right one from now on, stop all servers, run `flaghoist restore --raise-epoch` with this DATABASE_URL, start them again.';

/** Whether nobody answered, or a server that is starting or stopping; one that says no to us has an answer of its own. */
function isAway(cause: unknown): boolean {
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
  const isRefusal = /^(28|3D|42)/.test(code) && code.length === 5;
  return !isRefusal;
}
