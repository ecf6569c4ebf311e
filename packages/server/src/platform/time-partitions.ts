/**
 * Tables in partitions of time (UTC): made ahead, and dropped when what they hold is old. What belongs to no partition, because
 * its time is far off or it came late, is in the default one, `TABLE_rest`, and is moved when its partition is made.
 */
import { affected, type Db, row, rows, sql, type Tx } from './database.ts';

export interface PartitionedTable {
  readonly table: string;
  /** A timestamptz. */
  readonly column: string;
  readonly step: 'day' | 'month';
  /** Partitions beyond the present one. */
  readonly ahead: number;
}

export interface KeptPartitions {
  readonly made: number;
  readonly dropped: number;
  /** Rows that were too old for any. */
  readonly late: number;
}

/** Any number does; it only has to be ours. */
const LOCK = 7_061_942_015;
/** An upgrade leaves everything in the default partition: so many are taken out of it in one turn. */
const MOST_OF_OLD = 7;

/** The beginning of what is kept: whole partitions, so it is a little more than asked for. Milliseconds since 1970. */
export function keptSince({ step }: Pick<PartitionedTable, 'step'>, now: Date, keptMs: number): Date {
  return beginOf(step, new Date(now.getTime() - keptMs));
}

/**
 * Makes the partitions from now on, and those for what is in the default one; drops those that are over before what is kept
 * begins. Does nothing while another process does. Each partition is a transaction of its own, and a lock that is not had
 * within two seconds fails it: the next turn tries again.
 */
export async function keepPartitions(
  db: Db,
  partitioned: PartitionedTable,
  now: Date,
  keptMs: number,
): Promise<KeptPartitions> {
  const { table, step, ahead } = partitioned;
  const since = keptSince(partitioned, now, keptMs);
  const end = next(step, beginOf(step, now), ahead + 1);
  const there = await partitionsOf(db, partitioned);
  const wanted = new Map<string, Date>();
  for (let begin = beginOf(step, now); begin < end; begin = next(step, begin, 1))
    wanted.set(nameOf(table, step, begin), begin);
  for (const begin of await unsorted(db, partitioned, since, end)) wanted.set(nameOf(table, step, begin), begin);
  let made = 0;
  for (const [name, begin] of wanted)
    if (!there.has(name)) made += Number(await exclusively(db, (tx) => make(tx, partitioned, name, begin)));
  let dropped = 0;
  for (const [name, begin] of there)
    if (next(step, begin, 1) <= since)
      dropped += Number(await exclusively(db, (tx) => sql`drop table if exists ${sql.id(name)}`.execute(tx)));
  // What was written for a partition that was dropped before.
  const rest = sql.id(`${partitioned.table}_rest`);
  const late = await affected(
    db,
    sql`delete from ${rest} where ${sql.id(partitioned.column)} < ${since.toISOString()}`,
  );
  return { made, dropped, late };
}

/** Partitions by name, with their beginning. */
async function partitionsOf(db: Db, { table, step }: PartitionedTable): Promise<ReadonlyMap<string, Date>> {
  const found = await rows(
    db,
    sql<{ name: string }>`select c.relname as name from pg_inherits i join pg_class c on c.oid = i.inhrelid
      where i.inhparent = ${table}::regclass order by 1`,
  );
  const digits = step === 'day' ? 8 : 6;
  return new Map(
    found.flatMap(({ name }): [string, Date][] => {
      const text = name.slice(table.length + 1);
      if (!name.startsWith(`${table}_`) || text.length !== digits || !/^\d+$/.test(text)) return [];
      const [year, month, day] = [text.slice(0, 4), text.slice(4, 6), text.slice(6) || '01'];
      return [[name, new Date(`${year}-${month}-${day}T00:00:00Z`)]];
    }),
  );
}

/** Beginnings of partitions for what is kept and in the default one. */
async function unsorted(
  db: Db,
  { table, column, step }: PartitionedTable,
  since: Date,
  end: Date,
): Promise<readonly Date[]> {
  const found = await rows(
    db,
    sql<{
      at: string;
    }>`select distinct to_char(date_trunc(${step}, ${sql.id(column)}, 'UTC') at time zone 'UTC', 'YYYY-MM-DD') as at
      from ${sql.id(`${table}_rest`)}
      where ${sql.id(column)} >= ${since.toISOString()} and ${sql.id(column)} < ${end.toISOString()}
      order by 1 desc limit ${MOST_OF_OLD}`,
  );
  return found.map(({ at }) => new Date(`${at}T00:00:00Z`));
}

async function make(tx: Tx, { table, column, step }: PartitionedTable, name: string, begin: Date): Promise<void> {
  const [from, to] = [begin.toISOString(), next(step, begin, 1).toISOString()];
  // Another process was quicker.
  if ((await row(tx, sql<{ is: boolean }>`select to_regclass(${name}) is not null as is`))?.is === true) return;
  const [made, rest] = [sql.id(name), sql.id(`${table}_rest`)];
  // Beside the table, and attached when it is filled: readers and writers are held up for the last step only.
  await sql`create table ${made} (like ${sql.id(table)} including defaults including constraints)`.execute(tx);
  await sql`with moved as (delete from ${rest} where ${sql.id(column)} >= ${from} and ${sql.id(column)} < ${to} returning *)
    insert into ${made} select * from moved`.execute(tx);
  await sql`alter table ${sql.id(table)} attach partition ${made} for values from (${sql.lit(from)}) to (${sql.lit(to)})`.execute(
    tx,
  );
}

/** False: another process is at it. */
async function exclusively(db: Db, work: (tx: Tx) => Promise<unknown>): Promise<boolean> {
  return db.transaction().execute(async (tx) => {
    const got = await row(tx, sql<{ got: boolean }>`select pg_try_advisory_xact_lock(${LOCK}::bigint) as got`);
    if (got?.got !== true) return false;
    await sql`set local lock_timeout = '2s'`.execute(tx);
    await sql`set local statement_timeout = '5min'`.execute(tx);
    await work(tx);
    return true;
  });
}

function nameOf(table: string, step: PartitionedTable['step'], begin: Date): string {
  return `${table}_${begin
    .toISOString()
    .slice(0, 10)
    .replaceAll('-', '')
    .slice(0, step === 'day' ? 8 : 6)}`;
}

function beginOf(step: PartitionedTable['step'], at: Date): Date {
  return new Date(Date.UTC(at.getUTCFullYear(), at.getUTCMonth(), step === 'day' ? at.getUTCDate() : 1));
}

function next(step: PartitionedTable['step'], begin: Date, count: number): Date {
  const [year, month, day] = [begin.getUTCFullYear(), begin.getUTCMonth(), begin.getUTCDate()];
  return new Date(step === 'day' ? Date.UTC(year, month, day + count) : Date.UTC(year, month + count, day));
}
