/** What an edge needs of PostgreSQL, and of NATS where that is the bus. Loaded late: the driver and the query builder take longer than all the rest of an edge. */
import type { Logger } from '@flaghoist/runtime/telemetry';
import { keyExists } from '../modules/access/key-existence.ts';
import { connectPostgres, type PostgresDatabase, type PostgresOptions } from '../platform/postgres-adapter.ts';
import type { NatsAddress } from '../server-options.ts';
import { createBus, type ServerBus } from './bus.ts';

export interface EdgeDatabase extends Pick<PostgresDatabase, 'check'> {
  readonly bus: Pick<ServerBus, 'log' | 'queue' | 'drain'>;
  /** Rejects when the database could not say. */
  keyExists(id: string): Promise<boolean>;
  close(): Promise<void>;
}

export interface EdgeDatabaseOptions extends PostgresOptions {
  readonly nats?: NatsAddress | undefined;
}

/** Asks nothing of it yet. Throws OperatorError `NATS`. */
export async function openEdgeDatabase(
  url: string,
  logger: Logger,
  { nats, ...options }: EdgeDatabaseOptions,
): Promise<EdgeDatabase> {
  // Its name tells it from servers, over which no epoch may be raised.
  const database = connectPostgres(url, logger, { ...options, applicationName: 'flaghoist edge' });
  const bus = await createBus({ database, nats, logger });
  return {
    bus,
    keyExists: (id) => keyExists(database.db, id),
    check: () => database.check(),
    async close() {
      await bus.stop();
      await database.close();
    },
  };
}
