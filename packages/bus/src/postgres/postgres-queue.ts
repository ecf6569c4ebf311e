import { type Kysely, sql } from 'kysely';
import type { WorkItem, WorkQueue } from '../index.ts';
import { plainBytes } from '../plain-bytes.ts';
import type { BusTables } from './bus-tables.ts';
import type { WakeChannel } from '../wake-channel.ts';

export const QUEUE_CHANNEL = 'flaghoist_queue';

/** Items in one statement of `push`; the database takes at most 65,535 parameters. */
const PUSH_ROWS = 1_000;

/**
 * The work queue in the table `bus_queue`. Leases run on the database's clock. All followers wake when anything is
 * pushed on any queue.
 *
 * A push of more than 1,000 items is several transactions: when it rejects, some items may be queued, and pushing all of
 * them again is safe. The queue has no size limit of its own; `depth` is for whoever sets one.
 */
export function createPostgresQueue(db: Kysely<BusTables>, channel: WakeChannel): WorkQueue {
  return {
    async push(queue, items) {
      for (let start = 0; start < items.length; start += PUSH_ROWS) {
        await pushRows(db, queue, items.slice(start, start + PUSH_ROWS));
      }
    },
    take: (queue, limit, leaseMs) => take(db, queue, limit, leaseMs),
    async done(queue, ids) {
      if (ids.length === 0) return;
      await db
        .deleteFrom('bus_queue')
        .where('queue', '=', queue)
        .where('id', '=', sql<string>`any(${ids}::text[])`)
        .execute();
    },
    async depth(queue) {
      const row = await db
        .selectFrom('bus_queue')
        .select((select) => select.fn.countAll().as('items'))
        .where('queue', '=', queue)
        .executeTakeFirstOrThrow();
      return Number(row.items);
    },
    // The channel carries no queue name: a notification is only a reason to look.
    follow: (_queue, wake) => channel.follow(wake),
  };
}

async function pushRows(db: Kysely<BusTables>, queue: string, items: readonly WorkItem[]): Promise<void> {
  await db
    .with('pushed', (query) =>
      query
        .insertInto('bus_queue')
        .values(items.map(({ id, body }) => ({ queue, id, body, leased_until: null })))
        .onConflict((conflict) => conflict.doNothing()),
    )
    .selectNoFrom(sql`pg_notify(${QUEUE_CHANNEL}, '')`.as('notified'))
    .execute();
}

/** Takers skip what another one holds, so they neither wait for each other nor share an item. */
async function take(
  db: Kysely<BusTables>,
  queue: string,
  limit: number,
  leaseMs: number,
): Promise<readonly WorkItem[]> {
  const rows = await db
    .with('ready', (query) =>
      query
        .selectFrom('bus_queue')
        .select('id')
        .where('queue', '=', queue)
        .where((where) => where.or([where('leased_until', 'is', null), where('leased_until', '<=', sql<Date>`now()`)]))
        .orderBy('seq')
        .limit(limit)
        .forUpdate()
        .skipLocked(),
    )
    .updateTable('bus_queue')
    .from('ready')
    .set({ leased_until: sql<Date>`now() + ${leaseMs}::double precision * interval '1 millisecond'` })
    .where('bus_queue.queue', '=', queue)
    .whereRef('bus_queue.id', '=', 'ready.id')
    .returning(['bus_queue.id', 'bus_queue.seq', 'bus_queue.body'])
    .execute();
  // An update answers its rows in any order.
  return rows.sort((a, b) => Number(a.seq) - Number(b.seq)).map(({ id, body }) => ({ id, body: plainBytes(body) }));
}
