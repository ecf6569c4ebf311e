import { randomUUID } from 'node:crypto';
import { createPostgresBus, type PostgresBus } from '@flaghoist/bus/postgres';
import type { ExposureRow } from '@flaghoist/protocol/exposures';
import type { EvaluationSeries, FlagActivity } from '@flaghoist/protocol/management';
import { createDatabase } from '@flaghoist/testkit/postgres';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { type CapturedLog, captureLog } from '../../../test-support/captured-log.ts';
import { DATABASE_KINDS, type DatabasePlace, makePlace, openModules } from '../../../test-support/database-place.ts';
import { makeProject } from '../../../test-support/project-in-use.ts';
import { handsOf } from '../../../test-support/running-server.ts';
import { type Started, startOver, stopCleanly } from '../../../test-support/started.ts';
import { until } from '../../../test-support/until.ts';
import { type Database, sql } from '../../platform/database.ts';
import type { QueueWorker } from '../../platform/queue-worker.ts';
import { type Span, STEP_SECONDS } from './buckets.ts';
import { createFolder, createSeries, EXPOSURE_QUEUE, type Series } from './index.ts';

/** 2026-11-20T00:00:00Z, in minutes. */
const MIDNIGHT = Date.UTC(2026, 10, 20) / 60_000;

const row = (members: Partial<ExposureRow> = {}): ExposureRow => ({
  flag: 'checkout',
  variant: 'on',
  reason: 'STATIC',
  revision: 3,
  minute: MIDNIGHT,
  count: 1,
  ...members,
});

/** Without a variant: the default of the code was used. */
function unnamed(members: Partial<ExposureRow>): ExposureRow {
  const { variant: _variant, ...rest } = row(members);
  return rest;
}

const span = (step: Span['step'], fromMinute: number, buckets: number): Span => {
  const from = fromMinute * 60;
  return { step, from, to: from + buckets * STEP_SECONDS[step] };
};

const counts = (points: readonly (readonly number[])[]): readonly (number | undefined)[] =>
  points.map(([, count]) => count);

describe.each(DATABASE_KINDS)('series of evaluations over the %s', (kind) => {
  let captured: CapturedLog;
  let place: DatabasePlace;
  let database: Database;
  let bus: PostgresBus;
  let folder: QueueWorker;
  let series: Series;
  let pushed = 0;

  beforeAll(async () => {
    captured = captureLog();
    place = await makePlace(kind, () => createDatabase(inject('flaghoistPostgresUrl')));
    ({ database } = await openModules(place, captured.logger, () => new Date()));
    bus = createPostgresBus({
      db: database.db,
      listen: (channel, wake) => database.listen(channel, wake),
      logger: captured.logger,
    });
    folder = createFolder({ db: database.db, queue: bus.queue, logger: captured.logger, now: () => new Date() });
    series = createSeries({ db: database.db });
  });
  afterAll(async () => {
    expect(captured.errors()).toEqual([]);
    await bus.stop();
    await database.close();
    await place.remove();
  });

  /** Counts rows in an environment of their own; answers its id. */
  async function counted(...batches: readonly (readonly ExposureRow[])[]): Promise<string> {
    const environment = randomUUID();
    await countIn(environment, batches);
    return environment;
  }

  async function countIn(environment: string, batches: readonly (readonly ExposureRow[])[]): Promise<void> {
    const instance = randomUUID();
    const items = batches.map((rows, i) => ({
      id: `item-${(pushed += 1)}`,
      body: Buffer.from(
        JSON.stringify({ environment, batch: { instance, sequence: i + 1, sdk: 'test/1', rows, dropped: 0 } }),
      ),
    }));
    await bus.queue.push(EXPOSURE_QUEUE, items);
    await folder.run();
  }

  it('are by variant, with a zero where nothing was evaluated, and errors apart', async () => {
    const environmentId = await counted(
      [row({ count: 5 }), row({ count: 2, minute: MIDNIGHT + 2, reason: 'SPLIT' }), row({ flag: 'other', count: 99 })],
      [
        row({ count: 1, revision: 4 }),
        row({ variant: 'off', count: 3, minute: MIDNIGHT + 1 }),
        unnamed({ count: 4, reason: 'DISABLED' }),
        unnamed({ count: 7, reason: 'ERROR', minute: MIDNIGHT + 2 }),
        row({ count: 50, minute: MIDNIGHT + 3 }),
      ],
    );
    expect(await series.of({ environmentId, flag: 'checkout', span: span('minute', MIDNIGHT, 3) })).toEqual({
      series: [
        {
          flag: 'checkout',
          variant: 'on',
          points: [
            [MIDNIGHT * 60, 6],
            [MIDNIGHT * 60 + 60, 0],
            [MIDNIGHT * 60 + 120, 2],
          ],
        },
        { flag: 'checkout', variant: null, points: expect.arrayContaining([[MIDNIGHT * 60, 4]]) as unknown },
        { flag: 'checkout', variant: 'off', points: expect.arrayContaining([[MIDNIGHT * 60 + 60, 3]]) as unknown },
      ],
      errors: [
        [MIDNIGHT * 60, 0],
        [MIDNIGHT * 60 + 60, 0],
        [MIDNIGHT * 60 + 120, 7],
      ],
    });
  });

  it('add up to the same by minute, by hour and by day of UTC', async () => {
    const rows = Array.from({ length: 48 * 4 }, (_, i) =>
      row({
        minute: MIDNIGHT + i * 15,
        count: i + 1,
        variant: i % 2 === 0 ? 'on' : 'off',
        reason: i % 7 ? 'SPLIT' : 'ERROR',
      }),
    );
    const environmentId = await counted(rows.slice(0, 100), rows.slice(100));
    const total = async (step: Span['step'], buckets: number) => {
      const found = await series.of({ environmentId, flag: null, span: span(step, MIDNIGHT, buckets) });
      const [points = []] = found.series.map((one) => counts(one.points));
      return { points, errors: counts(found.errors) };
    };
    const sum = (numbers: readonly (number | undefined)[]) => numbers.reduce<number>((all, one) => all + (one ?? 0), 0);
    const days = await total('day', 2);
    const hours = await total('hour', 48);
    const minutes = await total('minute', 1_440);
    expect(sum(days.points) + sum(days.errors)).toBe((192 * 193) / 2);
    for (const part of ['points', 'errors'] as const) {
      expect(sum(hours[part].slice(0, 24))).toBe(days[part][0]);
      expect(sum(hours[part].slice(24))).toBe(days[part][1]);
      expect(sum(minutes[part])).toBe(days[part][0]);
      expect(sum(minutes[part].slice(0, 60))).toBe(hours[part][0]);
    }
  });

  it('name the ten flags that are evaluated most, and add up the rest', async () => {
    const flags = Array.from({ length: 12 }, (_, i) => row({ flag: `flag-${i + 1}`, count: (i + 1) * 10 }));
    const failing = unnamed({ flag: 'broken', reason: 'ERROR', count: 1_000 });
    const environmentId = await counted([...flags, failing]);
    for (const step of ['minute', 'hour'] as const) {
      const found = await series.of({ environmentId, flag: null, span: span(step, MIDNIGHT, 1) });
      expect(found.series.map(({ flag, variant, points }) => [flag, variant, points[0]?.[1]])).toEqual([
        ...Array.from({ length: 10 }, (_, i) => [`flag-${12 - i}`, null, (12 - i) * 10]),
        [null, null, 30],
      ]);
      expect(counts(found.errors)).toEqual([1_000]);
    }
  });

  it('name the twenty variants that are served most, and add up the rest', async () => {
    const variants = Array.from({ length: 23 }, (_, i) => row({ variant: `v${i + 1}`, count: i + 1 }));
    const environmentId = await counted(variants);
    const found = await series.of({ environmentId, flag: 'checkout', span: span('day', MIDNIGHT, 1) });
    expect(found.series).toHaveLength(21);
    expect(found.series.at(-1)).toEqual({ flag: null, variant: null, points: [[MIDNIGHT * 60, 1 + 2 + 3]] });
  });

  it('are empty where nothing was counted', async () => {
    const found = await series.of({ environmentId: randomUUID(), flag: null, span: span('hour', MIDNIGHT, 2) });
    expect([found.series, counts(found.errors)]).toEqual([[], [0, 0]]);
  });

  it('stop at the largest exact number, whatever senders claim', async () => {
    const environmentId = await counted([row({ count: 1 })]);
    await sql`update exposure_sums set count = ${Number.MAX_SAFE_INTEGER} where environment_id = ${environmentId}::uuid and step = 'day'`.execute(
      database.db,
    );
    await countIn(environmentId, [[row({ count: 5 })]]);
    const { series: found } = await series.of({ environmentId, flag: 'checkout', span: span('day', MIDNIGHT, 1) });
    expect(counts(found[0]?.points ?? [])).toEqual([Number.MAX_SAFE_INTEGER]);
  });

  it('answer when a flag was last evaluated, and how often in the last day, in each environment', async () => {
    const now = new Date((MIDNIGHT + 2_000) * 60_000);
    const busy = await counted([
      row({ minute: MIDNIGHT + 1_999, count: 3 }),
      row({ minute: MIDNIGHT + 561, count: 4, variant: 'off' }),
      row({ minute: MIDNIGHT + 559, count: 100 }),
      // A clock that is years ahead.
      row({ minute: MIDNIGHT + 5_000_000, count: 100 }),
    ]);
    const quiet = await counted([row({ minute: MIDNIGHT })]);
    const never = randomUUID();
    expect(await series.activity([busy, never, quiet], 'checkout', now)).toEqual([
      { lastEvaluatedAt: new Date((MIDNIGHT + 1_999) * 60_000).toISOString(), evaluations: 7 },
      { lastEvaluatedAt: null, evaluations: 0 },
      { lastEvaluatedAt: new Date(MIDNIGHT * 60_000).toISOString(), evaluations: 0 },
    ]);
  });

  it('read a flag’s minutes by an index of its own', async () => {
    const plan = await database.db.transaction().execute(async (tx) => {
      // On a table this small a plan would read all of it.
      await sql`set local enable_seqscan = off`.execute(tx);
      return sql<{ 'QUERY PLAN': string }>`explain select sum(count) from exposure_counts
        where environment_id = ${randomUUID()}::uuid and flag = 'checkout' and minute <= now()`.execute(tx);
    });
    expect(plan.rows.map((line) => line['QUERY PLAN']).join('\n')).toMatch(/exposure_counts_\w*flag/);
  });
});

describe.each(DATABASE_KINDS)('series at the management API over the %s', (kind) => {
  let started: Started;
  let project: string;

  beforeAll(async () => {
    started = await startOver(kind);
    project = await makeProject(started.admin, { environments: ['production', 'staging'], flags: ['checkout'] });
  });
  afterAll(() => stopCleanly(started));

  it('move within two seconds of an evaluation', async () => {
    const { admin, server } = started;
    const key = await admin.write<{ secret: string }>('POST', `${project}/keys`, {
      kind: 'server',
      environments: ['production'],
    });
    const evaluate = () =>
      server.client.send({ method: 'POST', path: '/ofrep/v1/evaluate/flags/checkout', token: key.secret, body: {} });
    const read = () =>
      admin.get<EvaluationSeries>(`${project}/environments/production/evaluations/series?flag=checkout`);
    const total = async () =>
      (await read()).series.flatMap((one) => counts(one.points)).reduce<number>((a, b) => a + (b ?? 0), 0);
    await until('the key is known', async () => (await evaluate()).status === 200);
    await until('it is counted', async () => (await total()) === 1);
    const before = performance.now();
    await evaluate();
    await until('the next one is counted', async () => (await total()) === 2);
    expect(performance.now() - before).toBeLessThan(5_000);
    const answer = await read();
    expect(answer).toMatchObject({ step: 'minute', missing: 0, dropped: 0 });
    expect(Date.now() - Date.parse(answer.updatedAt ?? '')).toBeLessThan(60_000);
    expect(answer.errors).toHaveLength(60);
    const { environments } = await admin.get<FlagActivity>(`${project}/flags/checkout/activity`);
    expect(environments).toEqual([
      { environment: 'production', lastEvaluatedAt: expect.stringMatching(/:00\.000Z$/) as unknown, evaluations: 2 },
      { environment: 'staging', lastEvaluatedAt: null, evaluations: 0 },
    ]);
  });

  it.each([
    ['step=week', 'invalid_request', 'query.step'],
    ['from=2026-01-01T00:00:00Z&to=2026-01-02T01:01:00Z', 'invalid_request', 'query.step'],
    ['from=2026-01-02T00:00:00Z&to=2026-01-01T00:00:00Z', 'invalid_request', 'query.from'],
    ['to=yesterday', 'invalid_request', 'query.to'],
  ])('refuse %s', async (query, code, path) => {
    const answer = await started.admin.send('GET', `${project}/environments/production/evaluations/series?${query}`);
    expect([answer.status, JSON.parse(answer.text)]).toMatchObject([400, { code, errors: [{ path }] }]);
  });

  it('show only environments that may be seen, and no flag that does not exist', async () => {
    const { admin, server } = started;
    const [, key] = project.split('/').slice(1);
    const made = await admin.write<{ secret: string }>('POST', '/tokens', {
      name: 'staging only',
      role: 'viewer',
      project: key,
      environment: 'staging',
    });
    const viewer = handsOf(server.client, made.secret);
    const { environments } = await viewer.get<FlagActivity>(`${project}/flags/checkout/activity`);
    expect(environments.map(({ environment }) => environment)).toEqual(['staging']);
    expect((await viewer.send('GET', `${project}/environments/production/evaluations/series`)).status).toBe(404);
    expect((await viewer.send('GET', `${project}/environments/staging/evaluations/series`)).status).toBe(200);
    expect((await admin.send('GET', `${project}/flags/nothing/activity`)).status).toBe(404);
  });
});
