/**
 * A connection that no longer answers is closed, so that whoever asks next has another one: the machine behind it may be
 * gone without a word, and TCP waits a quarter of an hour for what was sent to it.
 */
import type { PostgresQueryResult } from 'kysely';
import type pg from 'pg';
import type { Logger } from '@flaghoist/runtime/telemetry';
import { StatementSession } from './statement-session.ts';

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

/** Told when a transaction begins to commit; what it answers is called when that is over, however it ends. */
export type OnCommit = () => () => void;

/** One session, from when it is taken out of the pool to when it is released. */
export class WatchedClient extends StatementSession {
  readonly #client: pg.PoolClient;
  readonly #statementMs: number;
  readonly #logger: Logger;
  readonly #onCommit: OnCommit;
  #hasDeadline = true;
  #isGivenUp = false;

  constructor(client: pg.PoolClient, statementMs: number, logger: Logger, onCommit: OnCommit) {
    super();
    this.#client = client;
    this.#onCommit = onCommit;
    this.#statementMs = statementMs;
    this.#logger = logger;
  }

  release(): void {
    if (!this.#isGivenUp) this.#client.release();
  }

  protected async run<R>(statement: string, parameters: readonly unknown[]): Promise<PostgresQueryResult<R>> {
    if (this.#isGivenUp) throw new Error('Connection terminated: it did not answer');
    if (WITHOUT_DEADLINE.test(statement)) this.#hasDeadline = false;
    const isCommit = COMMIT.test(statement);
    const committed = isCommit ? this.#onCommit() : () => undefined;
    const deadlineMs = isCommit ? COMMIT_MS : this.#statementMs + SLACK_MS;
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
      committed();
    }
  }
}
