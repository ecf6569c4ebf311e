import { createDatabase, startPostgresServer } from '@flaghoist/testkit/postgres';
import { Kysely, PostgresDialect } from 'kysely';
import { Pool } from 'pg';
import { expect, it, onTestFinished } from 'vitest';
import { bytes, until } from '../contract/bus-under-test.ts';
import type { BusTables } from './bus-tables.ts';
import { createPostgresBus } from './postgres-bus.ts';

it('keeps what it acknowledged, and its followers go on, when the database is killed and comes back', async () => {
  const server = await startPostgresServer();
  onTestFinished(() => server.stop());
  const database = await createDatabase(server.url, { migrated: true });
  const pool = new Pool({ connectionString: database.url, max: 4 });
  pool.on('error', () => {});
  // The pool hears the errors of idle clients only: one that breaks between two queries of a transaction has to be heard too.
  pool.on('connect', (client) => client.on('error', () => {}));
  const db = new Kysely<BusTables>({ dialect: new PostgresDialect({ pool }) });
  const messages: string[] = [];
  const bus = createPostgresBus({
    db,
    listen: () => Promise.resolve(() => Promise.resolve()),
    logger: { error: (_details, message) => messages.push(message) },
    pollMs: 50,
  });
  onTestFinished(async () => {
    await bus.stop();
    await db.destroy();
  });
  const append = (id: string) => bus.log.append({ stream: 's', id, checkpoint: false, body: bytes(id) });
  let seen = 0;
  bus.log.follow(async () => {
    seen = (await bus.log.heads()).get('s')?.position ?? 0;
  });

  const acknowledged: string[] = [];
  const write = async (): Promise<void> => {
    for (let i = 0; ; i += 1) {
      await append(`${i}`);
      acknowledged.push(`${i}`);
    }
  };
  const writingFails = expect(write()).rejects.toThrow();
  await until('some messages are acknowledged', () => acknowledged.length >= 50);
  await server.kill();
  await writingFails;
  await expect(bus.log.heads()).rejects.toThrow();
  await until('the follower has failed', () => messages.some((message) => message.includes('flaghoist_log failed')));

  await server.restart();
  const kept = (await bus.log.readAfter('s', 0, 100_000)).map((message) => message.id);
  expect(kept.slice(0, acknowledged.length)).toEqual(acknowledged);
  // The append whose outcome is unknown: the same id again tells.
  const unknown = `${acknowledged.length}`;
  const result = await append(unknown);
  expect(result).toEqual({
    outcome: kept.includes(unknown) ? 'duplicate' : 'appended',
    position: acknowledged.length + 1,
  });
  await until('the follower has seen it', () => seen === acknowledged.length + 1);
});
