import { type Kysely, type Selectable, sql, type Transaction } from 'kysely';
import type { AppendRequest, AppendResult, LogMessage, OrderedLog } from '../index.ts';
import { plainBytes } from '../plain-bytes.ts';
import type { BusTables } from './bus-tables.ts';
import type { WakeChannel } from '../wake-channel.ts';

export const LOG_CHANNEL = 'flaghoist_log';

const MESSAGE_COLUMNS = ['stream', 'position', 'id', 'checkpoint', 'body'] as const;

interface StreamHead {
  readonly position: number;
  readonly id: string | null;
}

/**
 * The ordered log in the tables `bus_streams` and `bus_log`.
 *
 * An append resolves after the commit, which by itself is not synced: a database that loses its power may forget the newest
 * messages, as a bus may, never those before a commit that was. An append rejects when the database does; whether the message
 * was appended is then unknown, and appending the same id again tells. A duplicate is recognised for as long as its message has not been
 * trimmed: writers that may repeat an id for longer than that must give `after`, which refuses the late one.
 */
export function createPostgresLog(db: Kysely<BusTables>, channel: WakeChannel): OrderedLog {
  return {
    append: async (request) =>
      (await appendAtOnce(db, request)) ??
      // Read committed: the search for a duplicate must see what the holder of the row lock before us has committed.
      db
        .transaction()
        .setIsolationLevel('read committed')
        .execute((transaction) => appendInside(transaction, request)),
    readAfter: (stream, position, limit) => readAfter(db, stream, position, limit),
    readFromCheckpoint: (stream) => readFromCheckpoint(db, stream),
    heads: () => readHeads(db),
    trim: (stream, keep) => trim(db, stream, keep),
    follow: (wake) => channel.follow(wake),
  };
}

/**
 * One statement for the writer who knows what is there: a fifth of the way a change goes was spent on the round trips of
 * the transaction below, and another fifth on waiting for the disk, and for a standby where there is one. Null: nothing was done, because that is not what is there or the message is there already. While
 * it waits for the row another writer may append: the row is then read again and is another one, so nothing is done.
 */
async function appendAtOnce(db: Kysely<BusTables>, request: AppendRequest): Promise<AppendResult | null> {
  const { stream, id, checkpoint, body, after } = request;
  if (after === undefined || after === null) return null;
  const { rows } = await sql<{ last_position: string | number | bigint }>`
    with unsynced as (
      select set_config('synchronous_commit', 'off', true)
    ), head as (
      update bus_streams set last_position = last_position + 1, last_id = ${id}::text
      where stream = ${stream}::text and last_id = ${after}::text
        and not exists (select from bus_log where stream = ${stream}::text and id = ${id}::text)
      returning last_position
    ), message as (
      insert into bus_log (stream, position, id, checkpoint, body)
      select ${stream}::text, last_position, ${id}::text, ${checkpoint}::boolean, ${body}::bytea from head
    )
    select last_position, pg_notify(${LOG_CHANNEL}::text, ${stream}::text) from head, unsynced`.execute(db);
  const [row] = rows;
  return row === undefined ? null : { outcome: 'appended', position: Number(row.last_position) };
}

async function appendInside(db: Transaction<BusTables>, request: AppendRequest): Promise<AppendResult> {
  const head = await lockStream(db, request.stream);
  const duplicate = await db
    .selectFrom('bus_log')
    .select('position')
    .where('stream', '=', request.stream)
    .where('id', '=', request.id)
    .executeTakeFirst();
  if (duplicate !== undefined) return { outcome: 'duplicate', position: Number(duplicate.position) };
  if (request.after !== undefined && request.after !== head.id) return { outcome: 'refused', last: head.id };
  const position = head.position + 1;
  await write(db, request, position);
  return { outcome: 'appended', position };
}

/** Holds the row lock of the stream until the transaction ends, and makes the row when the stream is new. */
async function lockStream(db: Transaction<BusTables>, stream: string): Promise<StreamHead> {
  const select = db
    .selectFrom('bus_streams')
    .select(['last_position', 'last_id'])
    .where('stream', '=', stream)
    .forUpdate();
  let row = await select.executeTakeFirst();
  if (row === undefined) {
    await db
      .insertInto('bus_streams')
      .values({ stream, last_id: null })
      .onConflict((conflict) => conflict.doNothing())
      .execute();
    row = await select.executeTakeFirstOrThrow();
  }
  return { position: Number(row.last_position), id: row.last_id };
}

/** The message, the stream's new end and the notification, in one round trip. */
async function write(db: Transaction<BusTables>, request: AppendRequest, position: number): Promise<void> {
  const { stream, id, checkpoint, body } = request;
  await db
    .with('message', (query) => query.insertInto('bus_log').values({ stream, position, id, checkpoint, body }))
    .with('head', (query) =>
      query.updateTable('bus_streams').set({ last_position: position, last_id: id }).where('stream', '=', stream),
    )
    .selectNoFrom(sql`pg_notify(${LOG_CHANNEL}, ${stream})`.as('notified'))
    .execute();
}

async function readAfter(
  db: Kysely<BusTables>,
  stream: string,
  position: number,
  limit: number,
): Promise<readonly LogMessage[]> {
  const rows = await db
    .selectFrom('bus_log')
    .select(MESSAGE_COLUMNS)
    .where('stream', '=', stream)
    .where('position', '>', position)
    .orderBy('position')
    .limit(limit)
    .execute();
  return rows.map(toMessage);
}

/** One statement, so that a trim in between cannot take the checkpoint away. */
async function readFromCheckpoint(db: Kysely<BusTables>, stream: string): Promise<readonly LogMessage[]> {
  const rows = await db
    .selectFrom('bus_log')
    .select(MESSAGE_COLUMNS)
    .where('stream', '=', stream)
    .where('position', '>=', newestCheckpoint(db, stream))
    .orderBy('position')
    .execute();
  return rows.map(toMessage);
}

function newestCheckpoint(db: Kysely<BusTables>, stream: string) {
  return db
    .selectFrom('bus_log as checkpoints')
    .select((select) => select.fn.max('checkpoints.position').as('newest'))
    .where('checkpoints.stream', '=', stream)
    .where('checkpoints.checkpoint', '=', sql.lit(true));
}

async function readHeads(db: Kysely<BusTables>): ReturnType<OrderedLog['heads']> {
  const rows = await db.selectFrom('bus_streams').select(['stream', 'last_position', 'last_id']).execute();
  const heads = new Map<string, { readonly position: number; readonly id: string }>();
  for (const row of rows) {
    // A stream whose first append was refused has a row and no message.
    if (row.last_id !== null) heads.set(row.stream, { position: Number(row.last_position), id: row.last_id });
  }
  return heads;
}

async function trim(db: Kysely<BusTables>, stream: string, keep: number): Promise<void> {
  await db
    .deleteFrom('bus_log')
    .where('stream', '=', stream)
    .where('position', '<', newestCheckpoint(db, stream))
    .where('position', '<=', (query) =>
      query
        .selectFrom('bus_streams')
        .select(sql<number>`last_position - ${keep}::bigint`.as('oldest'))
        .where('bus_streams.stream', '=', stream),
    )
    .execute();
}

function toMessage(row: Pick<Selectable<BusTables['bus_log']>, (typeof MESSAGE_COLUMNS)[number]>): LogMessage {
  const { stream, id, checkpoint } = row;
  return { stream, position: Number(row.position), id, checkpoint, body: plainBytes(row.body) };
}
