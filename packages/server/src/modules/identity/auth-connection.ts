/**
 * How the sign-in library reaches the database: through the transaction that is open, or through the pool.
 *
 * Its own adapter knows nothing of our units of work; without this its writes could not commit together with their audit
 * entries, and on the embedded database would wait for ever.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import {
  type CompiledQuery,
  type DatabaseConnection,
  type Driver,
  Kysely,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
  type QueryResult,
} from 'kysely';
import type { Db, Queryable, Tx } from '../../platform/database.ts';

const open = new AsyncLocalStorage<Tx>();

/** What the library does in `work` is part of the transaction. */
export function within<T>(tx: Tx, work: () => Promise<T>): Promise<T> {
  return open.run(tx, work);
}

/** The database as the library gets it. Closing it closes nothing. */
export function connectLibrary(db: Db): Kysely<unknown> {
  return new Kysely<unknown>({
    dialect: {
      createAdapter: () => new PostgresAdapter(),
      createDriver: () => new BorrowedDriver(() => open.getStore() ?? db),
      createIntrospector: (on) => new PostgresIntrospector(on),
      createQueryCompiler: () => new PostgresQueryCompiler(),
    },
  });
}

class BorrowedDriver implements Driver {
  readonly #connection: DatabaseConnection;

  constructor(current: () => Queryable) {
    this.#connection = {
      executeQuery: async <Row>(query: CompiledQuery) => withDates(await current().executeQuery<Row>(query)),
      streamQuery() {
        throw new Error('the sign-in library streams nothing');
      },
    };
  }

  async init(): Promise<void> {}
  async destroy(): Promise<void> {}
  async releaseConnection(): Promise<void> {}

  async acquireConnection(): Promise<DatabaseConnection> {
    return this.#connection;
  }

  async beginTransaction(): Promise<void> {
    throw new Error('a transaction is begun by the command, not by the sign-in library');
  }

  async commitTransaction(): Promise<void> {}
  async rollbackTransaction(): Promise<void> {}
}

/**
 * Our drivers answer timestamps as text. The library compares them with dates, and a text compared with a date is never
 * earlier: without this no session would ever end.
 */
function withDates<Row>(result: QueryResult<Row>): QueryResult<Row> {
  const rows = result.rows.map(
    (row) =>
      Object.fromEntries(
        Object.entries(row as Record<string, unknown>).map(([name, value]) => [
          name,
          name.endsWith('_at') && typeof value === 'string' ? new Date(value) : value,
        ]),
      ) as Row,
  );
  return { ...result, rows };
}
