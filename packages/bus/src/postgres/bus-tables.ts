import type { Generated, GeneratedAlways } from 'kysely';

/**
 * The tables of the bus, made by the migration `0002_bus.sql`. Numbers of the database (bigint) arrive as text or as
 * number, as whoever made the connection pool has decided.
 */
export interface BusTables {
  bus_streams: BusStreamsTable;
  bus_log: BusLogTable;
  bus_queue: BusQueueTable;
}

interface BusStreamsTable {
  stream: string;
  last_position: Generated<DatabaseNumber>;
  last_id: string | null;
}

interface BusLogTable {
  stream: string;
  position: DatabaseNumber;
  id: string;
  checkpoint: boolean;
  body: Uint8Array;
  appended_at: Generated<Date>;
}

interface BusQueueTable {
  queue: string;
  id: string;
  seq: GeneratedAlways<DatabaseNumber>;
  body: Uint8Array;
  leased_until: Date | null;
  pushed_at: Generated<Date>;
}

export type DatabaseNumber = string | number | bigint;
