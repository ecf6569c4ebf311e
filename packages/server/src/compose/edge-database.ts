/** What an edge needs of PostgreSQL. Loaded late: the driver and the query builder take longer than all the rest of an edge. */
import type { PostgresBus } from '@flaghoist/bus/postgres';
import type { Logger } from '@flaghoist/runtime/telemetry';
import { keyExists } from '../modules/access/key-existence.ts';
import { connectPostgres, type PostgresDatabase, type PostgresOptions } from '../platform/postgres-adapter.ts';
import { createBus } from './database-bus.ts';

export interface EdgeDatabase extends Pick<PostgresDatabase, 'check'> {
  readonly bus: Pick<PostgresBus, 'log' | 'queue'>;
  /** Rejects when the database could not say. */
  keyExists(id: string): Promise<boolean>;
  close(): Promise<void>;
}

/** Asks nothing of it yet. */
export function openEdgeDatabase(url: string, logger: Logger, options: PostgresOptions): EdgeDatabase {
  const database = connectPostgres(url, logger, options);
  const bus = createBus(database, logger);
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
