import { PGlite } from '@electric-sql/pglite';
import { createPgConfig } from '@electric-sql/pglite/node-postgres';
import { readMigrations } from '@flaghoist/testkit/postgres';
import { Kysely, PostgresDialect, sql } from 'kysely';
import { Pool, type PoolConfig } from 'pg';
import { type BusUnderTest, busContract } from '../contract/index.ts';
import type { BusTables } from './bus-tables.ts';
import { createPostgresBus, type PostgresBus } from './postgres-bus.ts';
import type { Listen } from '../wake-channel.ts';

const hearNothing: Listen = () => Promise.resolve(() => Promise.resolve());

/** Instances share the one connection that PGlite has, as the modules of one process do. */
async function make(): Promise<BusUnderTest> {
  const lite = await PGlite.create();
  for (const { text } of await readMigrations()) await lite.exec(text);
  const pool = new Pool({ ...(createPgConfig(lite) as PoolConfig), max: 1 });
  const db = new Kysely<BusTables>({ dialect: new PostgresDialect({ pool }) });
  // LISTEN goes through the pool: PGlite has one session, and its own `listen` would land inside a pooled transaction.
  const listen: Listen = async (channel, wake) => {
    const forget = lite.onNotification((notified, payload) => {
      if (notified === channel) wake(payload);
    });
    await sql`listen ${sql.id(channel)}`.execute(db);
    return () => {
      forget();
      return Promise.resolve();
    };
  };
  const buses: PostgresBus[] = [];
  const start = (deaf: boolean): PostgresBus => {
    const bus = createPostgresBus({ db, listen: deaf ? hearNothing : listen, logger: { error() {} } });
    buses.push(bus);
    return bus;
  };
  const { log, queue } = start(false);
  return {
    log,
    queue,
    join: ({ deaf }) => Promise.resolve(start(deaf)),
    async close() {
      for (const bus of buses) await bus.stop();
      await db.destroy();
      await lite.close();
    },
  };
}

busContract('PGlite', make);
