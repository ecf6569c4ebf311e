/**
 * A connection that no longer answers is closed, so that whoever asks next has another one: the machine behind it may be
 * gone without a word, and TCP waits a quarter of an hour for what was sent to it.
 */
import type { PostgresCursor, PostgresPoolClient, PostgresQueryResult } from 'kysely';
import type pg from 'pg';
import type { Logger } from '@flaghoist/runtime/telemetry';

/** After the deadline at which PostgreSQL itself ends a statement, and says so. */
const SLACK_MS = 2_000;
/**
 * A commit may wait for a standby for as long as that takes. Closing the connection cancels nothing, because PostgreSQL does
 * not look at it meanwhile; but a pooler between may cancel, so nobody is hasty.
 */
const COMMIT_MS = 60_000;
const COMMIT = /^commit\b/i;
/** What lifts PostgreSQL's own deadline for a transaction lifts this one. */
const WITHOUT_DEADLINE = /^set local statement_timeout = 0$/i;

/** One session, from when it is taken out of the pool to when it is released. */
export class WatchedClient implements PostgresPoolClient {
  readonly #client: pg.PoolClient;
  readonly #statementMs: number;
  readonly #logger: Logger;
  /** A transaction begins to commit. */
  readonly #onCommit: () => void;
  #hasDeadline = true;
  #isGivenUp = false;

  constructor(client: pg.PoolClient, statementMs: number, logger: Logger, onCommit: () => void) {
    this.#client = client;
    this.#onCommit = onCommit;
    this.#statementMs = statementMs;
    this.#logger = logger;
  }

  query<R>(statement: string, parameters: readonly unknown[]): Promise<PostgresQueryResult<R>>;
  query<R>(cursor: PostgresCursor<R>): PostgresCursor<R>;
  query<R>(
    statement: string | PostgresCursor<R>,
    parameters: readonly unknown[] = [],
  ): Promise<PostgresQueryResult<R>> | PostgresCursor<R> {
    if (typeof statement !== 'string') throw new Error('a cursor has no deadline; read page by page');
    return this.#query<R>(statement, parameters);
  }

  release(): void {
    if (!this.#isGivenUp) this.#client.release();
  }

  async #query<R>(statement: string, parameters: readonly unknown[]): Promise<PostgresQueryResult<R>> {
    if (this.#isGivenUp) throw new Error('Connection terminated: it did not answer');
    if (WITHOUT_DEADLINE.test(statement)) this.#hasDeadline = false;
    if (COMMIT.test(statement)) this.#onCommit();
    const deadlineMs = COMMIT.test(statement) ? COMMIT_MS : this.#statementMs + SLACK_MS;
    let isOver = false;
    const giveUp = (): void => {
      if (isOver) return;
      this.#isGivenUp = true;
      this.#logger.warn({ deadlineMs }, 'database: a connection did not answer and was closed');
      // Its query rejects with the end of the connection.
      this.#client.release(new Error('no answer'));
    };
    // An answer may have come while this process was busy, and is read first.
    const timer = setTimeout(() => this.#hasDeadline && setImmediate(giveUp), deadlineMs);
    try {
      return (await this.#client.query(statement, [...parameters])) as unknown as PostgresQueryResult<R>;
    } finally {
      isOver = true;
      clearTimeout(timer);
    }
  }
}
