import { randomUUID } from 'node:crypto';
import { createDatabase } from '@flaghoist/testkit/postgres';
import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest';
import { captureLog } from '../../../test-support/captured-log.ts';
import { DATABASE_KINDS, type DatabasePlace, makePlace, openModules } from '../../../test-support/database-place.ts';
import { type Database, rows, sql } from '../../platform/database.ts';
import { createRetention } from './index.ts';

const DAY_MS = 86_400_000;
const NOW = new Date('2030-01-31T12:00:00Z');
const day = (days: number): Date => new Date(NOW.getTime() + days * DAY_MS);

describe.each(DATABASE_KINDS)('counts over the %s', (kind) => {
  let place: DatabasePlace;
  let database: Database;
  let environment: string;

  beforeAll(async () => {
    const { logger } = captureLog();
    place = await makePlace(kind, () => createDatabase(inject('flaghoistPostgresUrl')));
    ({ database } = await openModules(place, logger, () => NOW));
  });
  afterAll(async () => {
    await database.close();
    await place.remove();
  });
  beforeEach(() => {
    environment = randomUUID();
  });

  const keep = (now = NOW): Promise<number> =>
    createRetention({
      db: database.db,
      now: () => now,
      kept: { minutesMs: 10 * DAY_MS, sumsMs: 40 * DAY_MS },
    }).forgetOld();

  /** As the fold writes them: what is there already is added to. */
  async function count(at: Date): Promise<void> {
    const values = sql`${environment}::uuid, ${at.toISOString()}`;
    await sql`insert into exposure_counts (environment_id, minute, flag, variant, reason, rule, revision, count)
      values (${values}, 'checkout', 'on', 'STATIC', '', 1, 1)
      on conflict (environment_id, minute, flag, variant, reason, rule, revision)
      do update set count = exposure_counts.count + excluded.count`.execute(database.db);
    await sql`insert into exposure_sums (environment_id, at, step, flag, variant, failed, count)
      values (${values}, 'day', 'checkout', 'on', false, 1)
      on conflict (environment_id, step, flag, at, variant, failed)
      do update set count = exposure_sums.count + excluded.count`.execute(database.db);
  }

  /** Of this environment: which partition holds how many, by the days from now that they are of. */
  const where = async (table: string, column: string) =>
    Object.fromEntries(
      (
        await rows(
          database.db,
          sql<{ days: number; place: string }>`select tableoid::regclass::text || ' ' || sum(count) as place,
            round(extract(epoch from ${sql.id(column)} - ${NOW.toISOString()}::timestamptz) / 86400)::int as days
            from ${sql.id(table)} where environment_id = ${environment}::uuid group by tableoid, ${sql.id(column)}`,
        )
      ).map(({ days, place: at }) => [days, at]),
    );

  it('are in the partition of their day and of their month, those from before partitions too', async () => {
    for (const days of [-9, -1, 0, 2, 100]) await count(day(days));
    expect(await where('exposure_counts', 'minute')).toMatchObject({ 0: 'exposure_counts_rest 1' });
    await keep();
    for (const days of [-9, 0, 3]) await count(day(days));
    expect(await where('exposure_counts', 'minute')).toEqual({
      '-9': 'exposure_counts_20300122 2',
      '-1': 'exposure_counts_20300130 1',
      0: 'exposure_counts_20300131 2',
      2: 'exposure_counts_20300202 1',
      3: 'exposure_counts_20300203 1',
      // A clock that is wrong.
      100: 'exposure_counts_rest 1',
    });
    expect(await where('exposure_sums', 'at')).toMatchObject({
      0: 'exposure_sums_203001 2',
      2: 'exposure_sums_203002 1',
      100: 'exposure_sums_rest 1',
    });
    expect(await keep()).toBe(0);
  });

  it('go when they are old, with their partition, and what comes late for it goes too', async () => {
    for (const days of [-8, 0]) await count(day(days));
    await keep();
    expect(await keep(day(4))).toBeGreaterThan(0);
    expect(await where('exposure_counts', 'minute')).toEqual({ 0: 'exposure_counts_20300131 1' });
    expect(Object.keys(await where('exposure_sums', 'at')).sort()).toEqual(['-8', '0']);
    await count(day(-8));
    expect(await where('exposure_counts', 'minute')).toMatchObject({ '-8': 'exposure_counts_rest 1' });
    expect(await keep(day(4))).toBe(1);
    expect(await where('exposure_counts', 'minute')).toEqual({ 0: 'exposure_counts_20300131 1' });
  });

  it('are kept up by several processes at once', async () => {
    await count(day(20));
    const dropped = await Promise.all([keep(day(20)), keep(day(20)), keep(day(20))]);
    expect(dropped.every((one) => one >= 0)).toBe(true);
    expect(await where('exposure_counts', 'minute')).toEqual({ 20: 'exposure_counts_20300220 1' });
  });

  it('take with them who sent them, once a day', async () => {
    const add = (instance: string, at: Date) =>
      sql`insert into exposure_senders (environment_id, instance, sdk, first_at, last_at)
        values (${environment}::uuid, ${instance}, 'test/1', ${at.toISOString()}, ${at.toISOString()})`.execute(
        database.db,
      );
    await add('silent', day(15));
    await add('heard', day(31));
    await keep(day(40));
    await keep(day(40));
    const left = await rows(
      database.db,
      sql<{ instance: string }>`select instance from exposure_senders where environment_id = ${environment}::uuid`,
    );
    expect(left).toEqual([{ instance: 'heard' }]);
  });

  it('are read from the partitions that the interval is in, and no others', async () => {
    await keep();
    const plan = await rows(
      database.db,
      sql<{ 'QUERY PLAN': string }>`explain (costs off) select sum(count) from exposure_counts
        where environment_id = ${sql.lit(environment)}::uuid
          and minute >= ${sql.lit(day(-0.1).toISOString())} and minute < ${sql.lit(day(0.1).toISOString())}`,
    );
    const read = plan.flatMap((line) => / on (exposure_counts_\w+)/.exec(line['QUERY PLAN'])?.[1] ?? []);
    expect([...new Set(read)]).toEqual(['exposure_counts_20300131']);
  });
});
