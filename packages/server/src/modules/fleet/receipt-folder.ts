/** The fold: what edges say becomes rows. Of one edge and environment the newest counts, however often and in what order it comes. */
import type { WorkItem, WorkQueue } from '@flaghoist/bus';
import {
  type Aggregate,
  EDGE_LIVES_MS,
  INSTANCE_LIVES_MS,
  parseAggregate,
  RECEIPT_QUEUE,
  type ServingAggregate,
} from '@flaghoist/protocol/exposures';
import { Durations, type Logger } from '@flaghoist/runtime/telemetry';
import { affected, type Db, row, rows, sql, type Tx } from '../../platform/database.ts';
import { createQueueWorker, type QueueWorker } from '../../platform/queue-worker.ts';
import { sayCounted } from './counting.ts';

/** Of one environment; one more is not kept while all are live. */
const MOST_EDGES = 200;
export const MOST_INSTANCES = 1_000;
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

export interface ReceiptFolder extends QueueWorker {
  /** From the commit of a revision until an edge served it, each edge once, since the start. */
  readonly deliveries: Durations;
}

export function createReceiptFolder(deps: {
  readonly db: Db;
  readonly queue: WorkQueue;
  readonly logger: Logger;
}): ReceiptFolder {
  const { db, queue, logger } = deps;
  const deliveries = new Durations();
  const worker = createQueueWorker({
    queue,
    name: RECEIPT_QUEUE,
    logger,
    workedOff: () => sayCounted(db),
    async handle(items) {
      const latest = newestOf(items.flatMap((item) => read(item, logger)));
      const took = await db.transaction().execute(async (tx) => {
        const all: number[] = [];
        for (const aggregate of latest) all.push(...(await write(tx, aggregate)));
        return all;
      });
      for (const ms of took) deliveries.note(ms / 1_000);
    },
  });
  return Object.assign(worker, { deliveries });
}

function read(item: WorkItem, logger: Logger): Aggregate[] {
  const aggregate = parseAggregate(Buffer.from(item.body).toString('utf8'));
  if (aggregate !== null && UUID.test(aggregate.environment)) return [aggregate];
  logger.error({ item: item.id }, 'an aggregate of receipts on the queue is not readable and was left out');
  return [];
}

/**
 * One for each edge and environment, with what the earlier ones say of single instances and revisions. In one order, so
 * that two workers never wait for each other in a circle.
 */
function newestOf(aggregates: readonly Aggregate[]): readonly Aggregate[] {
  const newest = new Map<string, Aggregate>();
  for (const next of [...aggregates].sort((a, b) => a.sequence - b.sequence)) {
    const name = `${next.environment} ${next.edge}`;
    const earlier = newest.get(name);
    newest.set(name, earlier?.state === 'serving' && next.state === 'serving' ? follow(earlier, next) : next);
  }
  return [...newest].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, aggregate]) => aggregate);
}

function follow(earlier: ServingAggregate, next: ServingAggregate): ServingAggregate {
  const gone = new Set(next.gone);
  const named = new Map(earlier.named.filter(({ instance }) => !gone.has(instance)).map((one) => [one.instance, one]));
  for (const one of next.named) named.set(one.instance, one);
  const back = new Set(named.keys());
  const deliveries = new Map([...earlier.deliveries, ...next.deliveries].map((one) => [one.place.join('.'), one]));
  return {
    ...next,
    named: [...named.values()],
    gone: [...new Set([...earlier.gone, ...gone])].filter((instance) => !back.has(instance)),
    deliveries: [...deliveries.values()],
  };
}

/** Answers how long revisions took that the edge had not said anything of before, in milliseconds. */
async function write(tx: Tx, aggregate: Aggregate): Promise<readonly number[]> {
  const { environment, edge, sequence } = aggregate;
  if (aggregate.state === 'closed') {
    const left = await affected(
      tx,
      sql`delete from fleet_edges where environment_id = ${environment}::uuid and edge = ${edge} and sequence < ${sequence}`,
    );
    if (left > 0)
      await sql`delete from fleet_instances where environment_id = ${environment}::uuid and edge = ${edge}`.execute(tx);
    return [];
  }
  if (!(await writeEdge(tx, aggregate))) return [];
  const took = aggregate.deliveries.length > 0 ? await writeDeliveries(tx, aggregate) : [];
  if (aggregate.gone.length > 0)
    await sql`delete from fleet_instances where environment_id = ${environment}::uuid and edge = ${edge}
      and instance = any(${aggregate.gone}::text[])`.execute(tx);
  if (aggregate.named.length > 0) await writeInstances(tx, aggregate);
  return took;
}

/** False when something newer was said already, or there is no room or no such environment. */
async function writeEdge(tx: Tx, said: ServingAggregate): Promise<boolean> {
  const { environment, edge, sequence, version, host, place, appliedMs, ageMs, problem, older, uncounted, canary } =
    said;
  const known = await row(
    tx,
    sql<{
      sequence: number;
    }>`select sequence from fleet_edges where environment_id = ${environment}::uuid and edge = ${edge} for update`,
  );
  if (known !== undefined && known.sequence >= sequence) return false;
  if (known === undefined) await makeRoom(tx, environment);
  const written = await affected(
    tx,
    sql`insert into fleet_edges (environment_id, edge, sequence, version, host, epoch, revision, applied_at, age_ms, problem,
        counts, older, uncounted, laggards, canary, seen_at)
      select id, ${edge}, ${sequence}, ${version}, ${host}, ${place?.[0] ?? null}::bigint, ${place?.[1] ?? null}::bigint,
        now() - ${appliedMs}::double precision * interval '1 millisecond', ${ageMs}::bigint, ${problem}::text,
        ${JSON.stringify(said.counts)}, ${older}, ${uncounted}, ${JSON.stringify(said.laggards)}, ${canary === undefined ? null : JSON.stringify(canary)}::text, now()
      from environments where id = ${environment}::uuid
        and (${known !== undefined} or (select count(*) from fleet_edges where environment_id = ${environment}::uuid) < ${MOST_EDGES})
      on conflict (environment_id, edge) do update set sequence = excluded.sequence, version = excluded.version,
        host = excluded.host, epoch = excluded.epoch, revision = excluded.revision, applied_at = excluded.applied_at,
        age_ms = excluded.age_ms, problem = excluded.problem, counts = excluded.counts, older = excluded.older,
        uncounted = excluded.uncounted, laggards = excluded.laggards, canary = excluded.canary, seen_at = excluded.seen_at`,
  );
  return written > 0;
}

/** What is not live any more gives way, that of longest ago first. */
async function makeRoom(tx: Tx, environment: string): Promise<void> {
  await sql`delete from fleet_edges where environment_id = ${environment}::uuid
    and seen_at < now() - ${EDGE_LIVES_MS}::double precision * interval '1 millisecond' and edge not in (
      select edge from fleet_edges where environment_id = ${environment}::uuid order by seen_at desc limit ${MOST_EDGES - 1})`.execute(
    tx,
  );
}

/**
 * How long a revision took to the edge is measured anew with every aggregate that names it, and is too long by what the
 * aggregate took to come here: the shortest is the nearest.
 */
async function writeDeliveries(
  tx: Tx,
  { environment, edge, deliveries }: ServingAggregate,
): Promise<readonly number[]> {
  const said = deliveries.map(({ place: [epoch, revision], appliedMs, histogram }) => {
    return { epoch, revision, ms: appliedMs, histogram: JSON.stringify(histogram) };
  });
  const written = await rows(
    tx,
    sql<{
      ms: number;
      isNew: boolean;
    }>`insert into fleet_deliveries (environment_id, epoch, revision, edge, edge_ms, histogram, at)
    select r.environment_id, r.epoch, r.revision, ${edge},
      greatest(0, extract(epoch from clock_timestamp() - r.written_at) * 1000 - said.ms), said.histogram, now()
    from jsonb_to_recordset(${JSON.stringify(said)}::jsonb) as said (epoch bigint, revision bigint, ms bigint, histogram text)
    join revisions r on r.environment_id = ${environment}::uuid and r.epoch = said.epoch and r.revision = said.revision
    where r.written_at is not null order by r.revision
    on conflict (environment_id, epoch, revision, edge) do update
      set edge_ms = least(fleet_deliveries.edge_ms, excluded.edge_ms), histogram = excluded.histogram
    returning edge_ms::float8 as ms, xmax = 0 as "isNew"`,
  );
  return written.flatMap(({ ms, isNew }) => (isNew ? [ms] : []));
}

async function writeInstances(tx: Tx, { environment, edge, named }: ServingAggregate): Promise<void> {
  const said = named.map(({ place, ...one }) => ({ ...one, epoch: place?.[0] ?? null, revision: place?.[1] ?? null }));
  await sql`delete from fleet_instances where environment_id = ${environment}::uuid
    and seen_at < now() - ${INSTANCE_LIVES_MS}::double precision * interval '1 millisecond'
    and (select count(*) from fleet_instances where environment_id = ${environment}::uuid) > ${MOST_INSTANCES - said.length}`.execute(
    tx,
  );
  await sql`insert into fleet_instances (environment_id, edge, instance, sdk, host, epoch, revision, applied_at, age_ms, problem, seen_at, candidate)
    select ${environment}::uuid, ${edge}, instance, sdk, host, epoch, revision,
      now() - "appliedMs" * interval '1 millisecond', "ageMs", problem, now() - "heardMs" * interval '1 millisecond',
      candidate
    from (
      select said.*, known.instance is not null as is_known,
        row_number() over (partition by known.instance is null order by said.instance) as place
      from jsonb_to_recordset(${JSON.stringify(said)}::jsonb) as said (instance text, sdk text, host text, epoch bigint,
        revision bigint, "appliedMs" double precision, "ageMs" bigint, problem text, "heardMs" double precision,
        candidate bigint)
      left join fleet_instances known on known.environment_id = ${environment}::uuid and known.edge = ${edge}
        and known.instance = said.instance
    ) as said
    where is_known or place <= ${MOST_INSTANCES} - (select count(*) from fleet_instances where environment_id = ${environment}::uuid)
    order by instance
    on conflict (environment_id, edge, instance) do update set sdk = excluded.sdk, host = excluded.host, epoch = excluded.epoch,
      revision = excluded.revision, applied_at = excluded.applied_at, age_ms = excluded.age_ms, problem = excluded.problem,
      seen_at = excluded.seen_at, candidate = excluded.candidate`.execute(tx);
}
