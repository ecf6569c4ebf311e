/**
 * The database, whichever it is: PostgreSQL or the embedded PGlite. Both run the same SQL and the same migrations.
 *
 * The embedded one has a single session: a query outside of an open transaction waits for that transaction to end. So
 * transactions are short, never wait for anything but the database, and never nest.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import type { Status } from '@flaghoist/protocol/management';
import { type Kysely, type RawBuilder, sql, type Transaction } from 'kysely';

// Tables are addressed by SQL text, so the query builder needs to know no schema; who writes which table is checked by
// module-tables.test.ts.
export type Db = Kysely<unknown>;
export type Tx = Transaction<unknown>;
export type Queryable = Db | Tx;

export interface Database {
  readonly db: Db;
  /** The same database for what nobody waits for: on the embedded one it goes behind everything that comes by `db`. */
  readonly reports: Db;
  /**
   * For reads alone, of what may be some seconds old: by a standby where there is one near enough. What decides a write
   * is never read by it.
   */
  readonly standby: Db;
  readonly kind: 'postgres' | 'embedded';
  /** e.g. `PostgreSQL 15.18`. */
  readonly description: string;
  /** How long a write waits before it is answered that its outcome is not known. */
  readonly writeDeadlineMs: number;
  /** What an acknowledged write means here. */
  durability(): Promise<Status['durability']>;
  /** What the servers of a pair look like from here; null: there can be no second one. */
  replication(): Promise<Replication | null>;
  /** What was read until now survives a failover, as an acknowledged write does. Rejects when that is not so yet. */
  confirmed(): Promise<void>;
  /** LISTEN. Notifications may be lost: what they carry is a hint where to look first, empty when some may have been. */
  listen(channel: string, wake: (hint: string) => void): Promise<() => Promise<void>>;
  close(): Promise<void>;
}

export interface Replication {
  /** Of the primary. Null: it was not looked at yet, or is away. */
  readonly timeline: number | null;
  /** Standbys that are connected to the primary, whether this process reaches them or not. */
  readonly standbys: number;
  /** Writes wait for a standby. */
  readonly isSynchronous: boolean;
  /** Writes that wait for one now. */
  readonly waiting: number;
  /** How far the nearest standby that this process reaches was behind at the last look; null: it reaches none. */
  readonly lagBytes: number | null;
  /** A server takes writes that must not. */
  readonly hasRival: boolean;
}

/** Our own deadline for a transaction, unless the operator chose another: nobody waits longer for the database. */
export const WRITE_DEADLINE_MS = 5_000;

const inside = new AsyncLocalStorage<true>();

/**
 * Called by the adapters before they hand a session out. A query beside an open transaction of the same request would
 * wait for ever on the embedded database's only session; it fails at once on both databases instead.
 */
export function refuseNested(): void {
  if (inside.getStore()) throw new Error('a query was made outside of the transaction that is open; use its tx');
}

/** The deadline passed before the database answered: the outcome is not known. */
export class OutcomeUnknownError extends Error {
  constructor(deadlineMs: number) {
    super(`the database did not answer within ${deadlineMs} ms`);
  }
}

/** Deadlock and serialization failure: rolled back for certain, and likely to succeed when tried again. */
const TRY_AGAIN: ReadonlySet<unknown> = new Set(['40P01', '40001']);
const MOST_TRIES = 4;

/**
 * Runs `work` in one transaction; throws OutcomeUnknownError when the deadline passes first. What has begun by then is not
 * cancelled: a commit that waits for a standby must not be, and whoever asks again is told what became of it. What waits
 * for its turn still is not begun any more. `work` may run more than once, so it changes nothing but what its transaction
 * rolls back.
 */
export async function transact<T>(db: Db, work: (tx: Tx) => Promise<T>, deadlineMs = WRITE_DEADLINE_MS): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = { passed: false };
  const deadline = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      late.passed = true;
      reject(new OutcomeUnknownError(deadlineMs));
    }, deadlineMs);
  });
  const begin = (tx: Tx): Promise<T> => {
    if (late.passed) throw new OutcomeUnknownError(deadlineMs);
    return work(tx);
  };
  const transaction = tryTransaction(db, begin);
  // When the deadline wins, the transaction's own end is nobody's error any more.
  transaction.catch(() => undefined);
  try {
    return await Promise.race([transaction, deadline]);
  } finally {
    clearTimeout(timer);
  }
}

async function tryTransaction<T>(db: Db, work: (tx: Tx) => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await db.transaction().execute((tx) => inside.run(true, () => work(tx)));
    } catch (error) {
      if (tries === MOST_TRIES || !TRY_AGAIN.has((error as { code?: unknown }).code)) throw error;
    }
  }
}

/** Whether an error says that the database is away, not that a statement was wrong. */
export function isAway(error: unknown): boolean {
  const { code, message } = error as { code?: unknown; message?: unknown };
  // 57014: a statement that took longer than the server lets it.
  if (typeof code === 'string') return /^(08|57P|57014|53)|^ECONN|^EPIPE|^ETIMEDOUT|^ENOTFOUND/.test(code);
  // The driver's own errors have no code.
  return (
    typeof message === 'string' &&
    /^(Connection terminated|timeout exceeded when trying to connect|Client has encountered|Cannot use a pool after)/i.test(
      message,
    )
  );
}

export async function rows<Row>(on: Queryable, query: RawBuilder<Row>): Promise<Row[]> {
  return (await query.execute(on)).rows;
}

/** The first row, undefined when there is none. */
export async function row<Row>(on: Queryable, query: RawBuilder<Row>): Promise<Row | undefined> {
  return (await query.execute(on)).rows[0];
}

/** How many rows a statement inserted, updated or deleted. */
export async function affected(on: Queryable, query: RawBuilder<unknown>): Promise<number> {
  return Number((await query.execute(on)).numAffectedRows ?? 0n);
}

export { type RawBuilder, sql };
