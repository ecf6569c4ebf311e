import type { PostgresCursor, PostgresPoolClient, PostgresQueryResult } from 'kysely';

/** A session as the query builder takes it, of those that run statements alone: a cursor would have neither deadline nor end. */
export abstract class StatementSession implements PostgresPoolClient {
  query<R>(statement: string, parameters: readonly unknown[]): Promise<PostgresQueryResult<R>>;
  query<R>(cursor: PostgresCursor<R>): PostgresCursor<R>;
  query<R>(
    statement: string | PostgresCursor<R>,
    parameters: readonly unknown[] = [],
  ): Promise<PostgresQueryResult<R>> | PostgresCursor<R> {
    if (typeof statement !== 'string') throw new Error('there are no cursors; read page by page');
    return this.run<R>(statement, parameters);
  }

  abstract release(): void;

  protected abstract run<R>(statement: string, parameters: readonly unknown[]): Promise<PostgresQueryResult<R>>;
}
