import { randomUUID } from 'node:crypto';
import type { WorkQueue } from '@flaghoist/bus';
import { createPostgresBus, type PostgresBus } from '@flaghoist/bus/postgres';
import type { ExposureBatch, ExposureRow } from '@flaghoist/protocol/exposures';
import type { EvaluationCounts } from '@flaghoist/protocol/management';
import { createDatabase } from '@flaghoist/testkit/postgres';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { type Database, rows, sql } from '../../platform/database.ts';
import { type CapturedLog, captureLog } from '../../../test-support/captured-log.ts';
import { DATABASE_KINDS, type DatabasePlace, makePlace, openModules } from '../../../test-support/database-place.ts';
import { makeProject } from '../../../test-support/project-in-use.ts';
import { setUp, startOn } from '../../../test-support/running-server.ts';
import { until } from '../../../test-support/until.ts';
import type { QueueWorker } from '../../platform/queue-worker.ts';
import { type Counts, createCounts, createFolder, EXPOSURE_QUEUE } from './index.ts';

const MINUTE = 29_000_000;
const AT = new Date(MINUTE * 60_000).toISOString();
const LATER = new Date((MINUTE + 60) * 60_000).toISOString();

const row = (members: Partial<ExposureRow> = {}): ExposureRow => ({
  flag: 'checkout',
  variant: 'on',
  reason: 'STATIC',
  revision: 3,
  minute: MINUTE,
  count: 1,
  ...members,
});

const batch = (instance: string, sequence: number, members: Partial<ExposureBatch> = {}): ExposureBatch => ({
  instance,
  sequence,
  sdk: 'test/1',
  rows: [row()],
  dropped: 0,
  ...members,
});

const bytes = (value: unknown): Uint8Array => Buffer.from(typeof value === 'string' ? value : JSON.stringify(value));

describe.each(DATABASE_KINDS)('the fold of exposures over the %s', (kind) => {
  let captured: CapturedLog;
  let place: DatabasePlace;
  let database: Database;
  let bus: PostgresBus;
  let queue: WorkQueue;
  let folder: QueueWorker;
  let counts: Counts;
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
    queue = bus.queue;
    folder = createFolder({ db: database.db, queue, logger: captured.logger, now: () => new Date() });
    counts = createCounts({ db: database.db });
  });
  afterAll(async () => {
    await bus.stop();
    await database.close();
    await place.remove();
  });

  /** Each delivery is an item of its own, as when a batch came by several roads. */
  async function deliver(environment: string, batches: readonly ExposureBatch[]): Promise<void> {
    const items = batches.map((one) => ({ id: `item-${(pushed += 1)}`, body: bytes({ environment, batch: one }) }));
    await queue.push(EXPOSURE_QUEUE, items);
    await folder.run();
    expect(await queue.depth(EXPOSURE_QUEUE)).toBe(0);
  }

  const filter = (environmentId: string, flag: string | null = null) => ({ environmentId, flag, from: AT, to: LATER });
  const sums = (environment: string) => counts.sums(filter(environment));
  const fresh = () => ({ environment: randomUUID(), instance: randomUUID() });

  it('counts each batch once, however often it is delivered', async () => {
    const { environment, instance } = fresh();
    const one = batch(instance, 1, { rows: [row({ count: 5 }), row({ variant: 'off', count: 2 })], dropped: 3 });
    await deliver(environment, [one, one]);
    await deliver(environment, [one]);
    expect(await sums(environment)).toEqual([
      { flag: 'checkout', variant: 'on', reason: 'STATIC', rule: null, count: 5 },
      { flag: 'checkout', variant: 'off', reason: 'STATIC', rule: null, count: 2 },
    ]);
    expect(await counts.completeness(environment)).toEqual({ batches: 1, missing: 0, dropped: 3 });
  });

  it('tells senders and environments apart by more than the sequence', async () => {
    const { environment, instance } = fresh();
    const other = fresh();
    await deliver(environment, [batch(instance, 1), batch(other.instance, 1)]);
    await deliver(other.environment, [batch(instance, 1)]);
    expect((await sums(environment))[0]?.count).toBe(2);
    expect((await sums(other.environment))[0]?.count).toBe(1);
  });

  it('counts the same whatever the order and the repetitions', async () => {
    const { environment, instance } = fresh();
    const batches = Array.from({ length: 40 }, (_, i) =>
      batch(instance, i + 1, { rows: [row({ count: i + 1 })], dropped: 1 }),
    );
    const [even, odd] = [batches.filter((_, i) => i % 2 === 0), batches.filter((_, i) => i % 2 === 1)];
    await deliver(environment, [...odd].reverse());
    await deliver(environment, [...even, ...odd, ...even]);
    await deliver(environment, batches);
    expect(await sums(environment)).toMatchObject([{ count: (40 * 41) / 2 }]);
    expect(await counts.completeness(environment)).toEqual({ batches: 40, missing: 0, dropped: 40 });
  });

  it('shows a gap as missing until the late batch closes it', async () => {
    const { environment, instance } = fresh();
    await deliver(environment, [batch(instance, 1), batch(instance, 3), batch(instance, 6)]);
    expect(await counts.completeness(environment)).toEqual({ batches: 3, missing: 3, dropped: 0 });
    await deliver(environment, [batch(instance, 5), batch(instance, 2)]);
    expect(await counts.completeness(environment)).toEqual({ batches: 5, missing: 1, dropped: 0 });
    await deliver(environment, [batch(instance, 4), batch(instance, 4)]);
    expect(await counts.completeness(environment)).toEqual({ batches: 6, missing: 0, dropped: 0 });
    expect(await sums(environment)).toMatchObject([{ count: 6 }]);
  });

  it('gives up the oldest gaps of a sender who leaves too many, in bounded space, and goes on showing them', async () => {
    const { environment, instance } = fresh();
    const every2nd = Array.from({ length: 1_200 }, (_, i) => batch(instance, 2 * (i + 1)));
    await deliver(environment, every2nd);
    await deliver(environment, every2nd.slice(0, 50));
    const [sender] = await rows(
      database.db,
      sql<{ ahead: number }>`select cardinality(ahead) as ahead from exposure_senders where instance = ${instance}`,
    );
    expect(sender?.ahead).toBeLessThanOrEqual(1_000);
    expect(await counts.completeness(environment)).toEqual({ batches: 1_200, missing: 1_200, dropped: 0 });
    expect(await sums(environment)).toMatchObject([{ count: 1_200 }]);
  });

  it('adds up by flag, variant, reason and rule over minutes and revisions, within the interval asked for', async () => {
    const { environment, instance } = fresh();
    const byRule = { reason: 'TARGETING_MATCH', rule: 'beta' };
    await deliver(environment, [
      batch(instance, 1, {
        rows: [
          row({ count: 10 }),
          row({ count: 7, minute: MINUTE + 59, revision: 4 }),
          row({ count: 100, minute: MINUTE + 60 }),
          row({ count: 100, minute: MINUTE - 1 }),
          row({ count: 3, ...byRule }),
          { flag: 'search', reason: 'ERROR', revision: 0, minute: MINUTE, count: 4 },
        ],
      }),
      batch(instance, 2, { rows: [row({ count: 1 }), row({ count: 2, ...byRule })] }),
    ]);
    const checkout = [
      { flag: 'checkout', variant: 'on', reason: 'STATIC', rule: null, count: 18 },
      { flag: 'checkout', variant: 'on', reason: 'TARGETING_MATCH', rule: 'beta', count: 5 },
    ];
    const search = { flag: 'search', variant: null, reason: 'ERROR', rule: null, count: 4 };
    expect(await sums(environment)).toEqual([...checkout, search]);
    expect(await counts.sums(filter(environment, 'checkout'))).toEqual(checkout);
    expect(await counts.total(filter(environment))).toBe(27);
  });

  it('takes batches without rows, which only close a gap', async () => {
    const { environment, instance } = fresh();
    await deliver(environment, [batch(instance, 1, { rows: [], dropped: 2 }), batch(instance, 2)]);
    expect(await counts.completeness(environment)).toEqual({ batches: 2, missing: 0, dropped: 2 });
  });

  it('is not stopped by what is no batch', async () => {
    const { environment, instance } = fresh();
    const good = { environment, batch: batch(instance, 1) };
    const garbage: readonly (readonly [string, Uint8Array])[] = [
      ['no bytes', Buffer.alloc(0)],
      ['no text', Buffer.from([0xff, 0x00, 0xfe])],
      ['no JSON', bytes('{"environment":')],
      ['null', bytes('null')],
      ['a list', bytes([good])],
      ['no environment', bytes({ batch: good.batch })],
      ['a bad environment', bytes({ ...good, environment: 'production' })],
      ['no batch', bytes({ environment })],
      ['an unknown member', bytes({ ...good, batch: { ...good.batch, x: 1 } })],
      ['a negative count', bytes({ ...good, batch: { ...good.batch, rows: [row({ count: -1 })] } })],
      ['a sequence of 0', bytes({ ...good, batch: { ...good.batch, sequence: 0 } })],
    ];
    await queue.push(EXPOSURE_QUEUE, [
      ...garbage.map(([id, body]) => ({ id, body })),
      { id: 'good', body: bytes(good) },
    ]);
    await folder.run();
    expect(await queue.depth(EXPOSURE_QUEUE)).toBe(0);
    expect(await sums(environment)).toMatchObject([{ count: 1 }]);
    const told = captured.errors().map((line) => (line as { item?: string }).item);
    expect(told).toEqual(garbage.map(([id]) => id));
  });

  const poison: readonly (readonly [
    what: string,
    make: (environment: string, instance: string) => readonly object[],
  ])[] = [
    ['an environment of 36 dashes', (_, instance) => [{ environment: '-'.repeat(36), batch: batch(instance, 1) }]],
    [
      'flags that differ only in what UTF-8 cannot say',
      (environment, instance) => [
        { environment, batch: batch(instance, 1, { rows: [row({ flag: 'a\ud800' }), row({ flag: 'a\ud801' })] }) },
      ],
    ],
    [
      'a sender who says that it dropped more than can be counted',
      (environment, instance) =>
        Array.from({ length: 1_100 }, (_, i) => ({
          environment,
          batch: batch(instance, i + 1, { rows: [], dropped: Number.MAX_SAFE_INTEGER }),
        })),
    ],
    [
      'a minute at the end of all clocks',
      (environment, instance) => [
        {
          environment,
          batch: batch(instance, Number.MAX_SAFE_INTEGER, { rows: [row({ minute: 4_200_000_000, count: 1e12 })] }),
        },
      ],
    ],
  ];

  it.each(poison)('is not stopped by %s', async (_, make) => {
    const bad = fresh();
    const good = fresh();
    const items = [
      ...make(bad.environment, bad.instance),
      { environment: good.environment, batch: batch(good.instance, 1) },
    ];
    await queue.push(
      EXPOSURE_QUEUE,
      items.map((item) => ({ id: `item-${(pushed += 1)}`, body: bytes(item) })),
    );
    const outcome = await folder.run().catch((error: unknown) => error as Error);
    const found = [await sums(good.environment), await queue.depth(EXPOSURE_QUEUE)];
    await sql`delete from bus_queue`.execute(database.db);
    expect([outcome, ...found]).toMatchObject([undefined, [{ count: 1 }], 0]);
    expect((await counts.completeness(bad.environment)).dropped).toBeGreaterThanOrEqual(0);
  });

  it('answers how complete it is whatever numbers senders claim', async () => {
    const { environment, instance } = fresh();
    const claims = Array.from({ length: 1_100 }, () => batch(randomUUID(), Number.MAX_SAFE_INTEGER));
    await deliver(environment, [batch(instance, 1), ...claims]);
    const { batches, missing } = await counts.completeness(environment);
    // A number so high may as well be refused as no batch.
    expect([1, 1_101]).toContain(batches);
    expect(Number.isSafeInteger(missing)).toBe(true);
    expect(missing).toBeGreaterThanOrEqual(0);
  });

  it('counts once when two workers are given the same batches', async () => {
    const { environment, instance } = fresh();
    const again = createFolder({ db: database.db, queue, logger: captured.logger, now: () => new Date() });
    const batches = Array.from({ length: 300 }, (_, i) => batch(instance, i + 1));
    const items = [...batches, ...batches].map((one) => ({
      id: `item-${(pushed += 1)}`,
      body: bytes({ environment, batch: one }),
    }));
    await queue.push(EXPOSURE_QUEUE, items);
    await Promise.all([folder.run(), again.run()]);
    expect(await sums(environment)).toMatchObject([{ count: 300 }]);
    expect(await counts.completeness(environment)).toEqual({ batches: 300, missing: 0, dropped: 0 });
  });
});

describe.each(DATABASE_KINDS)('counts at the management API over the %s', (kind) => {
  it('are those that an SDK has sent to the native door', async () => {
    const place = await makePlace(kind, () => createDatabase(inject('flaghoistPostgresUrl')));
    const server = await startOn(place);
    const admin = await setUp(server);
    const project = await makeProject(admin, { flags: ['checkout'] });
    const key = await admin.write<{ secret: string }>('POST', `${project}/keys`, {
      kind: 'server',
      environments: ['production'],
    });
    const minute = Math.floor(Date.now() / 60_000);
    const instance = randomUUID();
    const post = (sequence: number, dropped = 0) =>
      server.client.send({
        method: 'POST',
        path: '/native/v1/exposures',
        token: key.secret,
        body: batch(instance, sequence, {
          rows: [row({ minute, count: 4 }), row({ minute, flag: 'search', count: 1 })],
          dropped,
        }),
      });
    await until('the key is known', async () => (await post(1)).status === 202);
    expect([(await post(1)).status, (await post(3, 2)).status]).toEqual([202, 202]);
    const read = (query = '') => admin.get<EvaluationCounts>(`${project}/environments/production/evaluations${query}`);
    await until('both batches are folded', async () => (await read()).batches === 2);
    const checkout = { flag: 'checkout', variant: 'on', reason: 'STATIC', rule: null, count: 8 };
    expect(await read()).toMatchObject({
      items: [checkout, { flag: 'search', count: 2 }],
      evaluations: 10,
      batches: 2,
      missing: 1,
      dropped: 2,
    });
    expect((await read('?flag=checkout')).items).toEqual([checkout]);
    const from = new Date((minute + 5) * 60_000).toISOString();
    const to = new Date((minute + 6) * 60_000).toISOString();
    expect(await read(`?from=${from}&to=${to}`)).toMatchObject({ from, to, items: [], evaluations: 0 });
    expect(server.log.errors()).toEqual([]);
    await server.stop();
    await place.remove();
  });
});
