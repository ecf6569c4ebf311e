/** The fold: batches from the queue become counts by minute, each batch once, whatever road it came by. */
import type { WorkItem, WorkQueue } from '@flaghoist/bus';
import { checkBatch, type ExposureBatch } from '@flaghoist/protocol/exposures';
import type { Logger } from '@flaghoist/runtime/telemetry';
import { type Db, rows, sql, type Tx } from '../../platform/database.ts';
import { createQueueWorker, type QueueWorker } from '../../platform/queue-worker.ts';
import { MOST } from './counts.ts';
import { fold, isFolded, type SenderProgress } from './sender.ts';

export const EXPOSURE_QUEUE = 'exposures';
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

interface Delivered {
  readonly environment: string;
  readonly batch: ExposureBatch;
}

/** Environment, minute, flag, variant, reason, rule, revision. */
type CountKey = readonly [string, number, string, string, string, string, number];

interface Sender extends SenderProgress {
  readonly environment: string;
  readonly instance: string;
  readonly batches: number;
  readonly highest: number;
  readonly dropped: number;
}

/** Of batches, since the start. */
export interface FoldCounts {
  /** Their rows are in the counts. */
  readonly stored: number;
  /** They had come before. */
  readonly deduplicated: number;
  /** They were not readable, or the database refused them. */
  readonly unreadable: number;
  readonly refused: number;
  /** Exposures that senders dropped before they sent what is stored. */
  readonly lostBySenders: number;
}

export interface ExposureFolder extends QueueWorker {
  readonly counts: FoldCounts;
}

export function createFolder(deps: {
  readonly db: Db;
  readonly queue: WorkQueue;
  readonly logger: Logger;
  readonly now: () => Date;
}): ExposureFolder {
  const { db, queue, logger } = deps;
  const counts = { stored: 0, deduplicated: 0, unreadable: 0, lostBySenders: 0 };
  const worker = createQueueWorker({
    queue,
    name: EXPOSURE_QUEUE,
    logger,
    async handle(items) {
      const delivered = items.flatMap((item) => read(item, logger));
      const folded = await db.transaction().execute((tx) => foldAll(tx, delivered, deps.now().toISOString()));
      counts.unreadable += items.length - delivered.length;
      counts.stored += folded.stored;
      counts.deduplicated += delivered.length - folded.stored;
      counts.lostBySenders += folded.lostBySenders;
    },
  });
  return {
    start: () => worker.start(),
    stop: () => worker.stop(),
    run: () => worker.run(),
    get leftOut() {
      return worker.leftOut;
    },
    get counts() {
      return { ...counts, refused: worker.leftOut };
    },
  };
}

/** What cannot be read was not written by an edge of ours; it is reported and left out, so that it does not block the others. */
function read(item: WorkItem, logger: Logger): Delivered[] {
  try {
    const { environment, batch } = JSON.parse(Buffer.from(item.body).toString('utf8')) as {
      environment: unknown;
      batch: unknown;
    };
    const checked = checkBatch(batch);
    if (typeof environment === 'string' && UUID.test(environment) && checked.ok)
      return [{ environment, batch: checked.batch }];
  } catch {
    // Reported below.
  }
  logger.error({ item: item.id }, 'an exposure batch on the queue is not readable and was left out');
  return [];
}

async function foldAll(tx: Tx, delivered: readonly Delivered[], at: string) {
  let stored = 0;
  let lostBySenders = 0;
  const senders = await lockSenders(tx, delivered, at);
  const counts = new Map<string, { readonly key: CountKey; count: number }>();
  for (const { environment, batch } of delivered) {
    const name = `${environment} ${batch.instance}`;
    const sender = senders.get(name);
    if (sender === undefined || isFolded(sender, batch.sequence)) continue;
    stored++;
    lostBySenders += batch.dropped;
    senders.set(name, {
      ...sender,
      ...fold(sender, batch.sequence),
      batches: sender.batches + 1,
      highest: Math.max(sender.highest, batch.sequence),
      dropped: sender.dropped + batch.dropped,
    });
    for (const { flag, variant = '', reason, rule = '', revision, minute, count } of batch.rows) {
      const key = [environment, minute, flag, variant, reason, rule, revision] as const;
      const id = JSON.stringify(key);
      const known = counts.get(id);
      if (known === undefined) counts.set(id, { key, count });
      else known.count += count;
    }
  }
  const entries = [...counts].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, entry]) => entry);
  await writeCounts(tx, entries);
  await writeSenders(tx, [...senders.values()], at);
  return { stored, lostBySenders };
}

/** In one order, so that two workers never wait for each other in a circle. */
async function lockSenders(tx: Tx, delivered: readonly Delivered[], at: string): Promise<Map<string, Sender>> {
  const names = [...new Map(delivered.map((one) => [`${one.environment} ${one.batch.instance}`, one])).entries()]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, one]) => one);
  const environments = names.map((one) => one.environment);
  const instances = names.map((one) => one.batch.instance);
  await sql`insert into exposure_senders (environment_id, instance, sdk, first_at, last_at)
    select environment::uuid, instance, sdk, ${at}, ${at}
    from unnest(${environments}::text[], ${instances}::text[], ${names.map((one) => one.batch.sdk)}::text[]) as sent (environment, instance, sdk)
    on conflict do nothing`.execute(tx);
  const found = await rows(
    tx,
    sql<Sender>`select environment_id as environment, instance, folded_to as "foldedTo", ahead, batches, highest, dropped from exposure_senders
      where (environment_id, instance) in (select e::uuid, i from unnest(${environments}::text[], ${instances}::text[]) as sent (e, i))
      order by environment_id, instance for update`,
  );
  // int8[] arrives as text elements.
  return new Map(
    found.map((sender) => [`${sender.environment} ${sender.instance}`, { ...sender, ahead: sender.ahead.map(Number) }]),
  );
}

async function writeCounts(
  tx: Tx,
  entries: readonly { readonly key: CountKey; readonly count: number }[],
): Promise<void> {
  if (entries.length === 0) return;
  const column = (i: number) => entries.map((entry) => entry.key[i]);
  const counted = entries.map((entry) => entry.count);
  await sql`insert into exposure_counts (environment_id, minute, flag, variant, reason, rule, revision, count)
    select e::uuid, to_timestamp(m * 60.0), f, v, re, ru, rev, c
    from unnest(${column(0)}::text[], ${column(1)}::bigint[], ${column(2)}::text[], ${column(3)}::text[], ${column(4)}::text[],
      ${column(5)}::text[], ${column(6)}::bigint[], ${counted}::bigint[]) as folded (e, m, f, v, re, ru, rev, c)
    on conflict (environment_id, minute, flag, variant, reason, rule, revision) do update set count = least(exposure_counts.count::numeric + excluded.count, ${MOST})::bigint`.execute(
    tx,
  );
  // In one order too.
  await sql`insert into exposure_sums (environment_id, step, flag, at, variant, failed, count)
    select e::uuid, step, f, date_trunc(step, to_timestamp(m * 60.0), 'UTC'), v, re = 'ERROR', least(sum(c), ${MOST})::bigint
    from unnest(${column(0)}::text[], ${column(1)}::bigint[], ${column(2)}::text[], ${column(3)}::text[], ${column(4)}::text[],
      ${counted}::bigint[]) as folded (e, m, f, v, re, c), (values ('hour'), ('day')) as steps (step)
    group by 1, 2, 3, 4, 5, 6 order by 1, 2, 3, 4, 5, 6
    on conflict (environment_id, step, flag, at, variant, failed) do update set count = least(exposure_sums.count::numeric + excluded.count, ${MOST})::bigint`.execute(
    tx,
  );
}

async function writeSenders(tx: Tx, senders: readonly Sender[], at: string): Promise<void> {
  for (const { environment, instance, foldedTo, ahead, batches, highest, dropped } of senders)
    await sql`update exposure_senders set folded_to = ${foldedTo}, ahead = ${ahead}::bigint[], batches = ${batches}, highest = ${highest},
      dropped = ${dropped}, last_at = ${at} where environment_id = ${environment}::uuid and instance = ${instance}`.execute(
      tx,
    );
}
