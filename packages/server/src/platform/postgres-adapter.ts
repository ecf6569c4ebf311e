/** PostgreSQL 15 or newer, by DATABASE_URL. */
import { Kysely, PostgresDialect, type PostgresPool } from 'kysely';
import pg from 'pg';
import type { Logger } from '@flaghoist/runtime/telemetry';
import { type Database, refuseNested, WRITE_DEADLINE_MS } from './database.ts';
import { OperatorError } from './operator-error.ts';
import { typeParsers } from './pg-settings.ts';
import { WatchedClient } from './watched-client.ts';

const OLDEST = 150_000;
const RECONNECT_MS = 500;

export interface PostgresOptions {
  readonly writeDeadlineMs?: number | undefined;
  readonly applicationName?: string;
}

/** A database that nobody has asked anything yet. */
export interface PostgresDatabase extends Database {
  /** Null, or why it cannot be reached. Throws OperatorError when it is reached, and refuses us or does not suit us. */
  check(): Promise<string | null>;
}

/** Throws OperatorError when the database cannot be reached, refuses us or does not suit us. */
export async function openPostgres(url: string, logger: Logger, options: PostgresOptions = {}): Promise<Database> {
  const { pool, database } = connect(url, logger, options);
  try {
    return { ...database, description: `PostgreSQL ${await readVersion(pool)}` };
  } catch (error) {
    await database.close();
    throw error;
  }
}

/** For whoever can do without a database that cannot be reached. */
export function connectPostgres(url: string, logger: Logger, options: PostgresOptions = {}): PostgresDatabase {
  const { pool, database } = connect(url, logger, options);
  return {
    ...database,
    async check() {
      try {
        await readVersion(pool);
        return null;
      } catch (error) {
        if (error instanceof OperatorError && error.cause !== undefined && isAway(error.cause)) return error.message;
        throw error;
      }
    },
  };
}

function connect(
  connectionString: string,
  logger: Logger,
  { writeDeadlineMs = WRITE_DEADLINE_MS, applicationName = 'flaghoist' }: PostgresOptions,
): { readonly pool: pg.Pool; readonly database: Database } {
  const settings: pg.PoolConfig = {
    connectionString,
    application_name: applicationName,
    connectionTimeoutMillis: writeDeadlineMs,
    // Lets go of locks that nobody waits for any more. PostgreSQL does not interrupt a commit for it.
    statement_timeout: writeDeadlineMs,
    idle_in_transaction_session_timeout: 30_000,
    keepAlive: true,
    // One that nobody asks anything of, that which listens above all, is found gone within 20 s.
    keepAliveInitialDelayMillis: 10_000,
    max: 10,
    types: typeParsers,
  };
  const pool = new pg.Pool(settings);
  pool.on('error', (error) => logger.warn({ error: error.message }, 'database: an idle connection was lost'));
  // A session that breaks between two queries of a transaction tells its client, not the pool.
  pool.on('connect', (client) =>
    client.on('error', (error) => logger.warn({ error: error.message }, 'database: a connection was lost')),
  );
  const listeners = new Set<() => Promise<void>>();
  const watched: PostgresPool = {
    connect: async () => {
      refuseNested();
      return new WatchedClient(await pool.connect(), writeDeadlineMs, logger);
    },
    end: () => pool.end(),
  };
  const db = new Kysely<unknown>({ dialect: new PostgresDialect({ pool: watched }) });
  const database: Database = {
    db,
    reports: db,
    kind: 'postgres',
    writeDeadlineMs,
    description: 'PostgreSQL',
    async listen(channel, wake) {
      const stop = keepListening(settings, channel, wake, logger);
      listeners.add(stop);
      return async () => {
        listeners.delete(stop);
        await stop();
      };
    },
    async close() {
      await Promise.all([...listeners].map((stop) => stop()));
      await pool.end();
    },
  };
  return { pool, database };
}

async function readVersion(pool: pg.Pool): Promise<string> {
  const ask = `select current_setting('server_version_num')::int as number, current_setting('server_version') as text,
    (select array_agg(name) from pg_settings
      where name in ('fsync', 'full_page_writes', 'synchronous_commit') and setting = 'off') as off`;
  const result = await pool.query<{ number: number; text: string; off: string[] | null }>(ask).catch((error: Error) => {
    throw new OperatorError(
      'DATABASE',
      `The database at DATABASE_URL cannot be used: ${error.message}. Check that the server runs, and the host, port, name, user and password in DATABASE_URL.`,
      error,
    );
  });
  const server = result.rows[0];
  if (server === undefined || server.number < OLDEST)
    throw new OperatorError(
      'DATABASE_VERSION',
      `PostgreSQL 15 or newer is needed; this server is ${server?.text ?? 'unknown'}.`,
    );
  if (server.off !== null)
    throw new OperatorError(
      'DATABASE_FSYNC',
      `This PostgreSQL runs with ${server.off.map((name) => `${name}=off`).join(' and ')}: a power cut would lose acknowledged changes. Set ${server.off.join(' and ')} to on in postgresql.conf (synchronous_commit perhaps for this user or database) and restart it.`,
    );
  return server.text.split(' ')[0] ?? server.text;
}

/** Whether nobody answered, or a server that is starting or stopping; one that says no to us has an answer of its own. */
function isAway(cause: unknown): boolean {
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
  const isRefusal = /^(28|3D|42)/.test(code) && code.length === 5;
  return !isRefusal;
}

/** A connection of its own that comes back after every loss, and wakes once when it does, since it may have missed something. */
function keepListening(
  settings: pg.PoolConfig,
  channel: string,
  wake: (hint: string) => void,
  logger: Logger,
): () => Promise<void> {
  let stopped = false;
  let client: pg.Client | null = null;
  let timer: NodeJS.Timeout | undefined;

  const connect = async (): Promise<void> => {
    const next = new pg.Client({ ...settings, statement_timeout: 0 });
    const lost = (error?: Error): void => {
      if (client !== next && client !== null) return;
      client = null;
      if (stopped) return;
      if (error) logger.warn({ channel, error: error.message }, 'database: the notification connection was lost');
      clearTimeout(timer);
      timer = setTimeout(() => void connect(), RECONNECT_MS);
    };
    next.on('error', lost);
    next.on('end', () => lost());
    next.on('notification', ({ payload }) => wake(payload ?? ''));
    try {
      await next.connect();
      await next.query(`listen "${channel}"`);
      client = next;
      if (stopped) await next.end();
      else wake('');
    } catch (error) {
      lost(error as Error);
    }
  };
  void connect();
  return async () => {
    stopped = true;
    clearTimeout(timer);
    await client?.end();
  };
}
