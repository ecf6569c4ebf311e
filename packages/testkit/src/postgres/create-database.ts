import { randomBytes } from 'node:crypto';
import type { Client } from 'pg';
import { withClient } from './connection.ts';
import { readMigrations } from './migrations.ts';

export interface TestDatabase {
  readonly url: string;
  /** Breaks the connections that are still open to it, and removes it. May be called twice. */
  drop(): Promise<void>;
  /** Runs SQL in it, as whoever looks after the database would: for tests that need more rows than there is time to make. */
  execute(text: string): Promise<void>;
}

export interface DatabaseOptions {
  /** Apply every migration of the server. Default: an empty database. */
  readonly migrated?: boolean;
}

/** Makes a fresh database with a random name on a running server. */
export async function createDatabase(serverUrl: string, options: DatabaseOptions = {}): Promise<TestDatabase> {
  const name = `test_${randomBytes(8).toString('hex')}`;
  const target = new URL(serverUrl);
  target.pathname = `/${name}`;
  const database: TestDatabase = {
    url: target.href,
    drop: () =>
      withClient(
        serverUrl,
        async (client) => void (await client.query(`drop database if exists ${name} with (force)`)),
      ),
    execute: (text) => withClient(target.href, async (client) => void (await client.query(text))),
  };
  await withClient(serverUrl, async (client) => void (await client.query(`create database ${name}`)));
  if (options.migrated === true) {
    try {
      await withClient(database.url, applyMigrations);
    } catch (error) {
      await database.drop();
      throw error;
    }
  }
  return database;
}

async function applyMigrations(client: Client): Promise<void> {
  for (const { name, text } of await readMigrations()) {
    try {
      // One simple query: the server runs it as one transaction, unless it is a single statement that forbids that.
      await client.query(text);
    } catch (error) {
      throw new Error(`Migration ${name} failed: ${error instanceof Error ? error.message : String(error)}`, {
        cause: error,
      });
    }
  }
}
