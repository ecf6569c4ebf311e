/**
 * The embedded database's only session, shared: each statement outside of a transaction, and each transaction as a
 * whole, waits for its turn in a lane (session-lanes.ts) and has the session to itself until it is done.
 */
import { Kysely, PostgresDialect, type PostgresPool, type PostgresQueryResult } from 'kysely';
import type pg from 'pg';
import { type Db, refuseNested } from './database.ts';
import type { Lane, SessionLanes } from './session-lanes.ts';
import { StatementSession } from './statement-session.ts';

const BEGINS = /^(?:begin|start transaction)\b/i;

/** Which lane a statement that waits for the session waits in. */
export type ChooseLane = (statement: string) => Lane;

/** A transaction is a write, anything else a read. */
export const byStatement: ChooseLane = (statement) => (BEGINS.test(statement) ? 'write' : 'read');

export function createSharedDb(client: pg.Client, lanes: SessionLanes, laneOf: ChooseLane): Db {
  const pool: PostgresPool = {
    connect: async () => {
      refuseNested();
      return new Turn(client, lanes, laneOf);
    },
    end: async () => undefined,
  };
  return new Kysely<unknown>({ dialect: new PostgresDialect({ pool }) });
}

/** What the query builder takes for a connection. It takes the session at the first statement, not before. */
class Turn extends StatementSession {
  readonly #client: pg.Client;
  readonly #lanes: SessionLanes;
  readonly #laneOf: ChooseLane;
  #hasSession = false;

  constructor(client: pg.Client, lanes: SessionLanes, laneOf: ChooseLane) {
    super();
    this.#client = client;
    this.#lanes = lanes;
    this.#laneOf = laneOf;
  }

  protected async run<R>(statement: string, parameters: readonly unknown[]): Promise<PostgresQueryResult<R>> {
    if (!this.#hasSession) await this.#lanes.acquire(this.#laneOf(statement));
    this.#hasSession = true;
    try {
      const { command, rowCount, rows } = await this.#client.query(statement, [...parameters]);
      this.#giveBackWhenIdle();
      return { command: command as 'SELECT', rowCount: rowCount ?? 0, rows: rows as R[] };
    } catch (error) {
      await this.#settle();
      throw error;
    }
  }

  release(): void {
    if (!this.#hasSession) return;
    // Somebody left a transaction open: it must not become the next one's.
    this.#client.query('rollback').then(
      () => this.#giveBack(),
      () => this.#giveBack(),
    );
  }

  /** The driver tells an error before the session is ready again; an empty statement is answered when it is. */
  async #settle(): Promise<void> {
    try {
      await this.#client.query('');
      this.#giveBackWhenIdle();
    } catch {
      // The session is gone, and the lanes are closed with it.
      this.#giveBack();
    }
  }

  #giveBackWhenIdle(): void {
    if (this.#client.getTransactionStatus() === 'I') this.#giveBack();
  }

  #giveBack(): void {
    if (!this.#hasSession) return;
    this.#hasSession = false;
    this.#lanes.giveBack();
  }
}
