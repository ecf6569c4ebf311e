import type { Aggregate, NamedInstance, ServingAggregate } from '@flaghoist/protocol/exposures';
import { RECEIPT_QUEUE } from '@flaghoist/protocol/exposures';
import type { ChangeResource, DeliveryResource, FleetResource } from '@flaghoist/protocol/management';
import { createPostgresBus, type PostgresBus } from '@flaghoist/bus/postgres';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DATABASE_KINDS, type DatabasePlace } from '../../../test-support/database-place.ts';
import { historyOf, makeProject } from '../../../test-support/project-in-use.ts';
import { composeOn, type Hands, type RunningServerUnderTest, setUp } from '../../../test-support/running-server.ts';
import { placeFor, stopCleanly } from '../../../test-support/started.ts';
import { until } from '../../../test-support/until.ts';
import { type Database, rows, sql } from '../../platform/database.ts';
import { createFleet, createReceiptFolder } from './index.ts';

const named = (instance: string, revision: number, more: Partial<NamedInstance> = {}): NamedInstance => ({
  instance,
  sdk: 'test/1',
  host: 'far/1',
  place: [1, revision],
  appliedMs: 10,
  heardMs: 0,
  ageMs: 0,
  problem: null,
  ...more,
});

describe.each(DATABASE_KINDS)('the fleet over the %s', (kind) => {
  let place: DatabasePlace;
  let server: RunningServerUnderTest;
  let admin: Hands;
  let database: Database;
  let bus: PostgresBus;
  let project: string;
  let environmentId: string;
  let newest: number;
  let changeId: string;
  let sequence = 0;

  beforeAll(async () => {
    place = await placeFor(kind);
    ({ server, database } = await composeOn(place));
    admin = await setUp(server);
    project = await makeProject(admin, { flags: ['a', 'b'] });
    const [change] = await historyOf(admin, project);
    changeId = change?.id ?? '';
    newest = change?.revisions[0]?.revision ?? 0;
    const [found] = await rows(
      database.db,
      sql<{
        id: string;
      }>`select e.id from environments e join projects p on p.id = e.project_id where p.key = ${project.split('/')[2]}`,
    );
    environmentId = found?.id ?? '';
    bus = createPostgresBus({ db: database.db, listen: (channel, wake) => database.listen(channel, wake) });
  });
  afterAll(async () => {
    await bus.stop();
    await stopCleanly({ place, server });
  });

  const says = (edge: string, more: Partial<ServingAggregate> = {}): ServingAggregate => ({
    environment: environmentId,
    edge,
    sequence: (sequence += 1),
    state: 'serving',
    version: '1.2.3',
    host: 'far/1',
    place: [1, newest],
    appliedMs: 5,
    ageMs: 0,
    problem: null,
    counts: [],
    older: 0,
    uncounted: 0,
    deliveries: [],
    named: [],
    gone: [],
    laggards: [],
    ...more,
  });

  /** Resolves once the worker has taken it. */
  async function tell(...aggregates: readonly Aggregate[]): Promise<void> {
    const items = aggregates.map((one) => ({
      id: `${one.environment}.${one.edge}.${one.sequence}`,
      body: Buffer.from(JSON.stringify(one)),
    }));
    await bus.queue.push(RECEIPT_QUEUE, items);
    await until('the worker has folded it', async () => (await bus.queue.depth(RECEIPT_QUEUE)) === 0);
  }

  const fleet = () => admin.get<FleetResource>(`${project}/environments/production/fleet`);
  const edgeNamed = async (edge: string) => (await fleet()).edges.find((one) => one.edge === edge);
  const instancesOf = async (edge: string) => (await fleet()).instances.filter((one) => one.edge === edge);
  const delivery = async (change = changeId) => {
    const { environments } = await admin.get<DeliveryResource>(`${project}/changes/${change}/delivery`);
    return environments[0];
  };

  it('lists the edge of this process by itself, with version and place, and no instance', async () => {
    await until('it has said so', async () => (await fleet()).edges.some(({ revision }) => revision === newest));
    const { edges, instances, live, withheld, ...line } = await fleet();
    expect(line).toEqual({ environment: 'production', epoch: 1, revision: newest });
    expect(edges).toMatchObject([{ version: '0.0.0-test', lag: 0, live: true, instances: 0, problem: null }]);
    expect([instances, withheld]).toEqual([[], null]);
    expect(live).toMatchObject({ edges: { live: 1, applied: 1 }, instances: { live: 0, applied: 0, p50Ms: null } });
  });

  it('counts who has a change, how fast, and who lags', async () => {
    const lagging = named('instance-lags-0001', newest - 1, { problem: 'flag/x: no', heardMs: 2_000 });
    await tell(
      says('edge-far-away-0001', {
        counts: [
          [1, newest, 99],
          [1, newest - 1, 1],
        ],
        laggards: [lagging],
        named: [lagging, named('instance-has-it-01', newest)],
        deliveries: [
          {
            place: [1, newest],
            appliedMs: 0,
            histogram: [
              [9, 98],
              [17, 1],
            ],
          },
        ],
      }),
    );
    const { edges, instances, laggards, withheld } = (await delivery()) ?? {};
    expect([edges?.live, edges?.applied, withheld]).toEqual([2, 2, null]);
    expect([instances?.live, instances?.applied]).toEqual([100, 99]);
    expect((instances?.p99Ms ?? 0) - (instances?.p50Ms ?? 0)).toBeCloseTo(950, 3);
    expect(edges?.p99Ms).toBeGreaterThan(0);
    // From the commit, not from the edge.
    expect(instances?.p50Ms).toBeGreaterThan(50);
    expect(laggards).toMatchObject([
      { kind: 'instance', id: 'instance-lags-0001', program: 'test/1', revision: newest - 1, problem: 'flag/x: no' },
    ]);
    expect(await instancesOf('edge-far-away-0001')).toMatchObject([
      { instance: 'instance-has-it-01', lag: 0, live: true, problem: null },
      { instance: 'instance-lags-0001', lag: 1, live: true, problem: 'flag/x: no' },
    ]);
  });

  it('measures from the commit on the clock of the database: the shortest way of all tellings counts', async () => {
    const measure = async (appliedMs: number) => {
      await tell(says('edge-measures-001', { deliveries: [{ place: [1, newest], appliedMs, histogram: [] }] }));
      const [found] = await rows(
        database.db,
        sql<{
          ms: number;
        }>`select edge_ms as ms from fleet_deliveries where edge = 'edge-measures-001' and revision = ${newest}`,
      );
      return found?.ms ?? -1;
    };
    const [committed] = await rows(
      database.db,
      sql<{ ms: number }>`select extract(epoch from clock_timestamp() - written_at)::float8 * 1000 as ms from revisions
        where environment_id = ${environmentId}::uuid and revision = ${newest}`,
    );
    const first = await measure(0);
    expect(first).toBeGreaterThanOrEqual(committed?.ms ?? Number.NaN);
    // Told again later, it says that it applied it as long ago as the commit is: at once.
    expect(await measure(60_000)).toBe(0);
    expect(await measure(0)).toBe(0);
  });

  it('believes the newest of an edge, in whatever order and however often it comes', async () => {
    const old = says('edge-in-disorder-1', { counts: [[1, newest, 1]] });
    const later = says('edge-in-disorder-1', { counts: [[1, newest, 7]] });
    await tell(later);
    await tell(old);
    await tell({ ...later, counts: [[1, newest, 9]] });
    expect((await edgeNamed('edge-in-disorder-1'))?.instances).toBe(7);
    await tell(
      says('edge-in-disorder-1', { named: [named('instance-comes-001', newest), named('instance-stays-001', newest)] }),
      says('edge-in-disorder-1', { gone: ['instance-comes-001'] }),
      says('edge-in-disorder-1', { counts: [[1, newest, 1]] }),
    );
    expect((await edgeNamed('edge-in-disorder-1'))?.instances).toBe(1);
    expect((await instancesOf('edge-in-disorder-1')).map(({ instance }) => instance)).toEqual(['instance-stays-001']);
  });

  it('forgets an edge and its instances with its goodbye', async () => {
    await tell(says('edge-says-goodbye', { named: [named('instance-of-it-0001', newest)], counts: [[1, newest, 1]] }));
    expect(await instancesOf('edge-says-goodbye')).toHaveLength(1);
    const { environment, edge } = says('edge-says-goodbye');
    await tell({ environment, edge, sequence: (sequence += 1), state: 'closed' });
    expect(await edgeNamed('edge-says-goodbye')).toBeUndefined();
    expect(await instancesOf('edge-says-goodbye')).toEqual([]);
  });

  it('does not count an edge that was silent for a minute as live, and forgets it after a day', async () => {
    await tell(
      says('edge-falls-silent-1', { named: [named('instance-silent-001', newest)], counts: [[1, newest, 50]] }),
    );
    const counted = (await delivery())?.instances.live ?? 0;
    await sql`update fleet_edges set seen_at = now() - interval '61 seconds' where edge = 'edge-falls-silent-1'`.execute(
      database.db,
    );
    expect((await delivery())?.instances.live).toBe(counted - 50);
    expect(await edgeNamed('edge-falls-silent-1')).toMatchObject({ live: false });
    expect(await instancesOf('edge-falls-silent-1')).toMatchObject([{ live: false }]);
    for (const table of ['fleet_edges', 'fleet_instances'])
      await sql`update ${sql.table(table)} set seen_at = now() - interval '25 hours' where edge = 'edge-falls-silent-1'`.execute(
        database.db,
      );
    await forgetOld();
    expect(await edgeNamed('edge-falls-silent-1')).toBeUndefined();
    expect(await instancesOf('edge-falls-silent-1')).toEqual([]);
  });

  it('keeps no more than 1,000 instances by name, and counts the others', async () => {
    const names = Array.from({ length: 1_200 }, (_, i) => `instance-in-crowd-${String(i).padStart(4, '0')}`);
    for (let from = 0; from < names.length; from += 200)
      await tell(
        says('edge-of-a-crowd-01', {
          counts: [[1, newest, from + 200]],
          named: names.slice(from, from + 200).map((name) => named(name, newest)),
        }),
      );
    const { instances, live } = await fleet();
    expect(instances).toHaveLength(1_000);
    expect(live.instances.live).toBeGreaterThanOrEqual(1_200);
    // Who is known is told about on and on.
    const last = instances.findLast(({ edge }) => edge === 'edge-of-a-crowd-01')?.instance ?? '';
    await tell(says('edge-of-a-crowd-01', { named: [named(last, newest - 1)], counts: [[1, newest, 1_200]] }));
    expect((await fleet()).instances.find(({ instance }) => instance === last)).toMatchObject({ lag: 1 });
  });

  it('passes over what it cannot read and environments that are not there, and says so', async () => {
    const nowhere = { ...says('edge-from-nowhere'), environment: '00000000-0000-4000-8000-000000000000' };
    const before = (await fleet()).edges.length;
    const log: string[] = [];
    const folder = createReceiptFolder({
      db: database.db,
      queue: { ...bus.queue, take: takeOnce(['no json', JSON.stringify(nowhere)]), done: () => Promise.resolve() },
      logger: { ...server.log.logger, error: (_: unknown, text: string) => log.push(text) } as never,
    });
    await folder.run();
    expect(log).toEqual(['an aggregate of receipts on the queue is not readable and was left out']);
    expect((await fleet()).edges).toHaveLength(before);
  });

  it('does not know who follows when receipts are not worked off, nor for twenty seconds after they are again', async () => {
    const counted = async () => {
      const { known, foldedAt } = (await delivery()) ?? {};
      return { known, foldedAt, ofFleet: (await fleet()).live.known };
    };
    await until('receipts were worked off', async () => (await counted()).foldedAt !== null);
    expect(await counted()).toMatchObject({ known: true, ofFleet: true });
    // As after a crash, which empties it. The worker goes on, and edges that were live are yet to speak.
    await sql`truncate fleet_counting`.execute(database.db);
    expect(await counted()).toMatchObject({ known: false, ofFleet: false });
    await until('it goes on', async () => (await counted()).foldedAt !== null);
    expect(await counted()).toMatchObject({ known: false, ofFleet: false });
    await sql`update fleet_counting set since = now() - interval '21 seconds'`.execute(database.db);
    expect(await counted()).toMatchObject({ known: true, ofFleet: true });
    // A worker that comes back after a minute has missed what edges said meanwhile.
    await sql`update fleet_counting set since = since - interval '1 hour', at = now() - interval '61 seconds'`.execute(
      database.db,
    );
    expect(await counted()).toMatchObject({ known: false, ofFleet: false });
    await until('it is back', async () => Date.parse((await counted()).foldedAt ?? '') > Date.now() - 60_000);
    expect(await counted()).toMatchObject({ known: false });
    await sql`update fleet_counting set since = now() - interval '1 hour'`.execute(database.db);
  });

  it('tells how many receipts live edges have no room for', async () => {
    expect((await delivery())?.uncounted).toBe(0);
    await tell(says('edge-that-is-full-1', { uncounted: 5 }));
    expect((await delivery())?.uncounted).toBe(5);
    await tell(says('edge-that-is-full-1', { uncounted: 0 }));
  });

  it('says of a withheld change that followers do not get what it wrote', async () => {
    const problem = `revision ${newest} is withheld: $.rules[0]: no`;
    await sql`insert into withheld (environment_id, kind, key, since, problem, confirmations)
      values (${environmentId}::uuid, 'flag', 'b', ${newest}, ${problem}, '{}')`.execute(database.db);
    expect((await delivery())?.withheld).toBe(problem);
    expect((await fleet()).withheld).toBe(problem);
    const [, earlier] = await historyOf(admin, project);
    expect((await delivery(earlier?.id))?.withheld).toBeNull();
    await sql`delete from withheld where environment_id = ${environmentId}::uuid`.execute(database.db);
  });

  it('answers a change that touched no environment with none, and refuses one that is not there', async () => {
    await admin.write('PATCH', project, { name: 'Another name' }, { ifMatch: '*' }).catch(() => undefined);
    await admin.get(`${project}/changes/00000000-0000-4000-8000-000000000000/delivery`, 404);
    const changes: readonly ChangeResource[] = await historyOf(admin, project);
    for (const { id, revisions } of changes)
      expect((await admin.get<DeliveryResource>(`${project}/changes/${id}/delivery`)).environments).toHaveLength(
        revisions.length,
      );
  });

  function forgetOld(): Promise<number> {
    const unused = {} as never;
    return createFleet({ db: database.db, changes: unused, withheld: unused }).forgetOld();
  }
});

function takeOnce(bodies: readonly string[]) {
  let items = bodies.map((body, i) => ({ id: `item-${i}`, body: Buffer.from(body) }));
  return () => {
    const taken = items;
    items = [];
    return Promise.resolve(taken);
  };
}
