/** When keys were last used: what edges say, folded. The latest minute of a key counts, in whatever order it comes and however often. */
import type { WorkItem, WorkQueue } from '@flaghoist/bus';
import { KEY_USAGE_QUEUE, parseKeyUsage } from '@flaghoist/protocol/keys';
import type { Logger } from '@flaghoist/runtime/telemetry';
import { type Db, sql } from '../../platform/database.ts';
import { createQueueWorker, type QueueWorker } from '../../platform/queue-worker.ts';

export function createUsageFolder(deps: {
  readonly db: Db;
  readonly queue: WorkQueue;
  readonly logger: Logger;
  readonly now: () => Date;
}): QueueWorker {
  const { db, queue, logger } = deps;
  return createQueueWorker({
    queue,
    name: KEY_USAGE_QUEUE,
    logger,
    handle: (items) => write(db, lastMinutes(items, logger), deps.now()),
  });
}

function lastMinutes(items: readonly WorkItem[], logger: Logger): ReadonlyMap<string, number> {
  const last = new Map<string, number>();
  for (const { id: item, body } of items) {
    const usage = parseKeyUsage(Buffer.from(body).toString('utf8'));
    if (usage === null) logger.error({ item }, 'an item about the use of keys is not readable and was left out');
    for (const [id, minute] of usage?.keys ?? []) last.set(id, Math.max(minute, last.get(id) ?? 0));
  }
  return last;
}

/** An edge whose clock is ahead makes no use in the future. Ids in one order: two workers never wait for each other in a circle. */
async function write(db: Db, last: ReadonlyMap<string, number>, now: Date): Promise<void> {
  if (last.size === 0) return;
  await sql`insert into key_usage (key_id, last_used_at)
    select k.id, least(to_timestamp(minute * 60.0), ${now.toISOString()}) from unnest(${[...last.keys()]}::text[], ${[...last.values()]}::bigint[]) as used (id, minute)
    join keys k on k.id = used.id order by k.id
    on conflict (key_id) do update set last_used_at = greatest(key_usage.last_used_at, excluded.last_used_at)
    where key_usage.last_used_at < excluded.last_used_at`.execute(db);
}
