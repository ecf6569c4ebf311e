import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createPostgresBus, type PostgresBus } from '@flaghoist/bus/postgres';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { captureLog } from '../../test-support/captured-log.ts';
import { rows, sql } from './database.ts';
import { type EmbeddedDatabase, openEmbedded } from './embedded-adapter.ts';
import { createQueueWorker } from './queue-worker.ts';
import { templateFolder } from './template.ts';

let data: string;
let database: EmbeddedDatabase;
let bus: PostgresBus;
beforeAll(async () => {
  data = await mkdtemp(join(tmpdir(), 'flaghoist-queue-'));
  database = await openEmbedded(join(data, 'db'), await templateFolder());
  bus = createPostgresBus({ db: database.db, listen: (channel, wake) => database.listen(channel, wake) });
  await sql`create table notes (note text primary key, n int)`.execute(database.db);
});
afterAll(async () => {
  await bus.stop();
  await database.close();
  await rm(data, { recursive: true, force: true });
});
beforeEach(() => sql`delete from notes`.execute(database.db));

const found = async () =>
  (await rows(database.db, sql<{ note: string }>`select note from notes`)).map((one) => one.note);

async function push(queue: string, ...bodies: readonly string[]): Promise<void> {
  await bus.queue.push(
    queue,
    bodies.map((body, i) => ({ id: `${i}`, body: Buffer.from(body) })),
  );
}

/** A table that a transaction fills from the group: `a:1` is the note a and the number 1. */
function fills(queue: string, logger = captureLog().logger) {
  return createQueueWorker({
    queue: bus.queue,
    name: queue,
    logger,
    handle: (items) =>
      database.db.transaction().execute(async (tx) => {
        for (const { body } of items) {
          const [note, n] = Buffer.from(body).toString().split(':');
          await sql`insert into notes values (${note}, ${n}::int) on conflict (note) do update set n = excluded.n`.execute(
            tx,
          );
        }
      }),
  });
}

describe('work on a queue', () => {
  it('goes on without the item that the database refuses, which is reported', async () => {
    const log = captureLog();
    await push('with-poison', 'a:1', 'b:no number', 'c:3');
    await fills('with-poison', log.logger).run();
    expect(await found()).toEqual(['a', 'c']);
    expect(await bus.queue.depth('with-poison')).toBe(0);
    expect(log.errors()).toMatchObject([{ queue: 'with-poison', item: '1' }]);
  });

  it('keeps all items when it is not they that fail', async () => {
    await push('kept', 'a:1', 'b:2');
    await sql`alter table notes rename to elsewhere`.execute(database.db);
    await expect(fills('kept').run()).rejects.toThrow('does not exist');
    await sql`alter table elsewhere rename to notes`.execute(database.db);
    expect(await bus.queue.depth('kept')).toBe(2);
  });
});
