/** The bus in tables of the server's own database: PostgreSQL 15 or newer, or PGlite. */
export type { StartTimer } from '../follower.ts';
export type { BusTables } from './bus-tables.ts';
export type { BusLogger } from '../bus-logger.ts';
export { createPostgresBus, type PostgresBus, type PostgresBusOptions } from './postgres-bus.ts';
export type { Listen } from '../wake-channel.ts';
