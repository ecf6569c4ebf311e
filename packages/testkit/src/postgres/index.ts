/** Real PostgreSQL for tests. */
/// <reference types="vitest" />

export { createDatabase, type DatabaseOptions, type TestDatabase } from './create-database.ts';
export { findPostgresBinaries } from './find-binaries.ts';
export { type MigrationFile, readMigrations } from './migrations.ts';
export {
  type PostgresPair,
  setSynchronousStandbys,
  STANDBY_NAME,
  startBackupOf,
  startPostgresPair,
  startStandby,
} from './postgres-pair.ts';
export { queryOnce, type Row } from './connection.ts';
export { type PostgresServer, type PostgresServerOptions, startPostgresServer } from './postgres-server.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    /** URL of the server that `global-setup` started, as superuser. Import `@flaghoist/testkit/postgres` for the type. */
    flaghoistPostgresUrl: string;
  }
}
