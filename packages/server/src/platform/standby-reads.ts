/**
 * Reads that may be a little old, at a standby that is not far behind; at the primary when there is none, when it fails,
 * and for some seconds after this process has written, so that people find in a list what they have just done.
 */
import type { PostgresPool, PostgresPoolClient, PostgresQueryResult } from 'kysely';
import pg from 'pg';
import type { Logger } from '@flaghoist/runtime/telemetry';
import { isAway, refuseNested } from './database.ts';
import type { DatabaseHost } from './database-hosts.ts';
import { StatementSession } from './statement-session.ts';

/** What `Primary.nearStandby` promises, and some more. */
const AFTER_WRITE_MS = 10_000;
const CONNECT_MS = 1_000;
const MOST_SESSIONS = 4;
const QUERY_MS = 5_000;
/** A standby ends reads of what the primary has removed; the primary itself does not. */
const CONFLICT = '40001';

interface StandbyDeps {
  /** Null: none is near enough. */
  readonly find: () => DatabaseHost | null;
  /** A session of the primary. */
  readonly primary: () => Promise<PostgresPoolClient>;
  /** When this process committed last, as `performance.now`. */
  readonly wroteAt: () => number;
  readonly settings: pg.ClientConfig;
  readonly logger: Logger;
}

export function createStandbyPool({ find, primary, wroteAt, settings, logger }: StandbyDeps): PostgresPool {
  const pools = new Map<string, pg.Pool>();

  function poolOf(host: DatabaseHost): pg.Pool {
    const known = pools.get(host.name);
    if (known !== undefined) return known;
    const pool = new pg.Pool({
      ...settings,
      connectionString: host.url,
      connectionTimeoutMillis: CONNECT_MS,
      query_timeout: QUERY_MS,
      // It may be promoted while sessions are open, and nothing is written by these.
      options: '-c default_transaction_read_only=on',
      max: MOST_SESSIONS,
    });
    pool.on('error', () => undefined);
    pool.on('connect', (client) => client.on('error', () => undefined));
    pools.set(host.name, pool);
    return pool;
  }

  return {
    async connect() {
      refuseNested();
      const host = performance.now() - wroteAt() < AFTER_WRITE_MS ? null : find();
      if (host === null) return primary();
      const failed = (error: unknown): Promise<PostgresPoolClient> => {
        logger.warn(
          { host: host.name, error: (error as Error).message },
          'database: a standby failed; asking the primary',
        );
        return primary();
      };
      try {
        return new StandbyClient(await poolOf(host).connect(), failed);
      } catch (error) {
        return failed(error);
      }
    },
    async end() {
      await Promise.all([...pools.values()].map((pool) => pool.end()));
    },
  };
}

/** One session for one read. */
class StandbyClient extends StatementSession {
  #standby: pg.PoolClient | null;
  #primary: PostgresPoolClient | null = null;
  readonly #failed: (error: unknown) => Promise<PostgresPoolClient>;

  constructor(standby: pg.PoolClient, failed: (error: unknown) => Promise<PostgresPoolClient>) {
    super();
    this.#standby = standby;
    this.#failed = failed;
  }

  release(): void {
    this.#standby?.release();
    this.#primary?.release();
  }

  protected async run<R>(statement: string, parameters: readonly unknown[]): Promise<PostgresQueryResult<R>> {
    try {
      if (this.#standby !== null)
        return (await this.#standby.query(statement, [...parameters])) as unknown as PostgresQueryResult<R>;
    } catch (error) {
      if (!isAway(error) && (error as { readonly code?: unknown }).code !== CONFLICT) throw error;
      this.#standby?.release(true);
      this.#standby = null;
      this.#primary = await this.#failed(error);
    }
    if (this.#primary === null) throw new Error('a session was asked after it was released');
    return this.#primary.query<R>(statement, parameters);
  }
}
