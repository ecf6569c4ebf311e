import type { Kysely } from 'kysely';
import { type BusLogger, processWarnings } from '../bus-logger.ts';
import { startNodeTimer, type StartTimer } from '../follower.ts';
import type { OrderedLog, WorkQueue } from '../index.ts';
import type { BusTables } from './bus-tables.ts';
import { createPostgresLog, LOG_CHANNEL } from './postgres-log.ts';
import { createPostgresQueue, QUEUE_CHANNEL } from './postgres-queue.ts';
import { createWakeChannel, type Listen } from '../wake-channel.ts';

export interface PostgresBusOptions {
  /**
   * Used for one query or one short transaction at a time and never for a query inside another's transaction, so a pool
   * of one connection is enough.
   */
  readonly db: Kysely<BusTables>;
  readonly listen: Listen;
  /** Followers look at least this often, in milliseconds. Default and highest value: 1000. */
  readonly pollMs?: number;
  /** Told when a follower or the listening fails. Default: a warning of the process. */
  readonly logger?: BusLogger;
  readonly startTimer?: StartTimer;
}

export interface PostgresBus {
  readonly log: OrderedLog;
  readonly queue: WorkQueue;
  /** Ends all followers, waiting for their running calls, and stops listening. The database handle stays open. */
  stop(): Promise<void>;
}

const POLL_MS = 1_000;

/**
 * The bus in tables of the server's database (migration `0002_bus.sql`). What is written is committed, with a
 * notification in the same transaction; notifications only wake, and a poll that never stops covers lost ones.
 */
export function createPostgresBus(options: PostgresBusOptions): PostgresBus {
  const { db, listen, pollMs = POLL_MS, logger = processWarnings, startTimer = startNodeTimer } = options;
  if (!(pollMs > 0 && pollMs <= POLL_MS)) {
    throw new RangeError(`pollMs of the bus must be above 0 and at most ${POLL_MS}, and is ${pollMs}.`);
  }
  const onError = (error: unknown, message: string): void => logger.error({ err: error }, message);
  const makeChannel = (channel: string) => createWakeChannel({ channel, listen, pollMs, onError, startTimer });
  const logChannel = makeChannel(LOG_CHANNEL);
  const queueChannel = makeChannel(QUEUE_CHANNEL);
  return {
    log: createPostgresLog(db, logChannel),
    queue: createPostgresQueue(db, queueChannel),
    async stop() {
      await Promise.all([logChannel.stop(), queueChannel.stop()]);
    },
  };
}
