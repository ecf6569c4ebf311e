/** How the database goes about what is asked most, with 1,000 environments and 10,000 flags in one of them. */
import { createDatabase } from '@flaghoist/testkit/postgres';
import { CompiledQuery } from 'kysely';
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { captureLog } from '../test-support/captured-log.ts';
import { type DatabasePlace, makePlace, openModules } from '../test-support/database-place.ts';
import { fillLarge, type LargePlaces } from '../test-support/large-database.ts';
import { chainOf, listEntries } from './modules/audit/chain.ts';
import { createChanges } from './modules/changes/index.ts';
import { createFleet } from './modules/fleet/index.ts';
import { findFlags } from './modules/flags/find.ts';
import { countFlags, type FlagFilter, selectFlagPage } from './modules/flags/list.ts';
import { selectStates } from './modules/flags/states.ts';
import { createCounts, createSeries } from './modules/insights/index.ts';
import { createPublicationStore, createWithheldReads } from './modules/publishing/index.ts';
import { type Database, type Db, sql } from './platform/database.ts';

/** What grows with installations and with time. */
const LARGE =
  /^(changes|candidates|candidate_entities|revisions|entity_versions|flags|flag_states|heads|audit_entries|exposure_\w+|fleet_(edges|instances|deliveries)|bus_log)$/;
/** Pages have 100 entries at most. */
const MOST_ROWS = 500;
const NOW = new Date('2030-01-31T12:00:00Z');

interface Plan {
  readonly 'Node Type': string;
  readonly 'Relation Name'?: string;
  readonly 'Actual Rows': number;
  readonly 'Actual Loops': number;
  readonly 'Rows Removed by Filter'?: number;
  readonly 'Rows Removed by Index Recheck'?: number;
  readonly Plans?: readonly Plan[];
}

interface Asked {
  readonly sql: string;
  readonly parameters: readonly unknown[];
}

let place: DatabasePlace;
let database: Database;
let places: LargePlaces;
let asked: Asked[];
let watched: Db;

beforeAll(async () => {
  const { logger } = captureLog();
  place = await makePlace('PostgreSQL', () => createDatabase(inject('flaghoistPostgresUrl')));
  const open = await openModules(place, logger, () => NOW);
  ({ database } = open);
  places = await fillLarge(database, NOW);
  // As an upgrade leaves it: everything is in one partition, and is taken out of it in a few turns.
  for (let turn = 0; turn < 2; turn++) await open.modules.retention.forgetOld();
  await sql`analyze`.execute(database.db);
  watched = watch(database.db);
});
afterAll(async () => {
  await database.close();
  await place.remove();
});

/** The same database, which notes what it is asked. */
function watch(db: Db): Db {
  asked = [];
  return new Proxy(db, {
    get(target, name) {
      if (name !== 'getExecutor') return Reflect.get(target, name, target) as unknown;
      return () => {
        const executor = target.getExecutor();
        return new Proxy(executor, {
          get(of, member) {
            const value = Reflect.get(of, member, of) as unknown;
            if (typeof value !== 'function') return value;
            if (member === 'executeQuery')
              return (query: Asked, ...rest: unknown[]) => {
                asked.push(query);
                return Reflect.apply(value, of, [query, ...rest]) as unknown;
              };
            return value.bind(of) as unknown;
          },
        });
      };
    },
  });
}

/**
 * Runs it, and answers which tables were read whole, or of which more rows were looked at than what is asked for needs, and
 * all that were read.
 */
async function readBy(work: () => Promise<unknown>): Promise<{ readonly whole: string[]; readonly read: string[] }> {
  asked.length = 0;
  await work();
  expect(asked.length).toBeGreaterThan(0);
  const found = { whole: [] as string[], read: [] as string[] };
  for (const { sql: text, parameters } of asked) {
    const plan = await database.db.transaction().execute(async (tx) => {
      // As on disks without seek time. On others 100 rows of a table of 30,000 are found as quickly by reading all of it.
      await sql`set local random_page_cost = 1.1`.execute(tx);
      return tx.executeQuery<{ 'QUERY PLAN': readonly [{ readonly Plan: Plan }] }>(
        CompiledQuery.raw(`explain (analyze, format json) ${text}`, [...parameters]),
      );
    });
    for (const node of nodesOf(plan.rows[0]?.['QUERY PLAN'][0].Plan)) {
      const table = node['Relation Name'];
      if (table === undefined) continue;
      found.read.push(table);
      if (LARGE.test(table) && (node['Node Type'] === 'Seq Scan' || rowsOf(node) > MOST_ROWS))
        found.whole.push(`${table}: ${rowsOf(node)} rows by ${node['Node Type']}`);
    }
  }
  return found;
}

/** An index that does not fit is walked from its beginning, and that is no sequential scan either. */
function rowsOf(node: Plan): number {
  const removed = (node['Rows Removed by Filter'] ?? 0) + (node['Rows Removed by Index Recheck'] ?? 0);
  return Math.round((node['Actual Rows'] + removed) * node['Actual Loops']);
}

function nodesOf(plan: Plan | undefined): readonly Plan[] {
  return plan === undefined ? [] : [plan, ...(plan.Plans ?? []).flatMap(nodesOf)];
}

const changes = () =>
  createChanges({
    db: watched,
    reports: watched,
    standby: watched,
    writeDeadlineMs: 5_000,
    now: () => NOW,
    newId: () => '',
    environmentKeys: () => Promise.resolve(new Map()),
    follow: () => Promise.resolve(),
  });

it('the publisher reads an environment’s own rows', async () => {
  const [reads, store] = [changes(), createPublicationStore(watched, changes())];
  for (const id of [places.environment, places.largeEnvironment]) {
    const work = async () => {
      await reads.line(id);
      await reads.writtenAfter(id, 15, 50);
      await reads.versionsBetween(id, 15, 18);
      await reads.newest(id, 'flag', 'flag-7');
      await store.readHead(id, { epoch: 1, revision: 7, hash: '' });
      await store.readWithheld(id, 7);
    };
    const { whole, read } = await readBy(work);
    expect(whole).toEqual([]);
    expect(read).toContain('entity_versions');
  }
  expect((await readBy(() => reads.entitiesAt(places.environment, 20))).whole).toEqual([]);
});

it('a page of flags, its states and its number are read by index', async () => {
  const filter: FlagFilter = {
    projectId: places.project,
    archived: false,
    words: [],
    tag: undefined,
    owner: undefined,
    type: undefined,
    environmentId: undefined,
    enabled: undefined,
  };
  const environments = [places.environment];
  for (const sort of ['key', 'name', 'created', 'changed'] as const) {
    const order = { sort, order: 'asc', within: environments } as const;
    expect((await readBy(() => selectFlagPage(watched, filter, order, null, 100))).whole, sort).toEqual([]);
  }
  const more = { ...filter, words: ['flag', '7'], environmentId: places.environment, enabled: true };
  expect((await readBy(() => countFlags(watched, more))).whole).toEqual([]);
  const large = { ...filter, projectId: places.largeProject };
  const byKey = { sort: 'key', order: 'asc', within: [places.largeEnvironment] } as const;
  expect((await readBy(() => selectFlagPage(watched, large, byKey, null, 100))).whole).toEqual([]);
  const keys = Array.from({ length: 100 }, (_, i) => `flag-${i}`);
  expect(
    (await readBy(() => selectStates(watched, [{ id: places.largeEnvironment, key: 'first' }], keys))).whole,
  ).toEqual([]);
});

it('the search reads the flags of projects that somebody may see, and no others', async () => {
  expect((await readBy(() => findFlags(watched, ['flag', '7'], [places.project], 20))).whole).toEqual([]);
});

it('history is walked from where the page begins', async () => {
  const reads = changes();
  const sight = { environmentIds: [places.environment], isWhole: true };
  const filter = { projectId: places.project, sight, before: 1_000_000, limit: 50 };
  for (const more of [{}, { environmentId: places.environment }, { flag: 'flag-7' }])
    expect((await readBy(() => reads.list({ ...filter, ...more }))).whole, JSON.stringify(more)).toEqual([]);
  expect((await readBy(() => reads.get(places.project, places.change, sight))).whole).toEqual([]);
  // Of many that were tried, promoted or withdrawn.
  const crowded = { ...filter, sight: { ...sight, environmentIds: [places.largeEnvironment] } };
  for (const more of [{ environmentId: places.largeEnvironment }, { flag: 'flag-7' }])
    expect((await readBy(() => reads.list({ ...crowded, ...more }))).whole, JSON.stringify(more)).toEqual([]);
  const trials = async () => {
    await reads.tried();
    await reads.candidateIn(places.largeEnvironment, null);
    await reads.candidateIn(places.largeEnvironment, places.change);
    await reads.forgetContents();
  };
  expect((await readBy(trials)).whole).toEqual([]);
  const chain = chainOf.environment(places.largeEnvironment);
  expect((await readBy(() => listEntries(watched, chain, 5_000, 50))).whole).toEqual([]);
});

it('counts are read from the partitions of their time', async () => {
  const counts = createCounts({ db: watched });
  const interval = { from: '2030-01-30T10:00:00Z', to: '2030-01-30T11:00:00Z' };
  for (const flag of [null, 'flag-3']) {
    const filter = { environmentId: places.environment, flag, ...interval };
    const { whole, read } = await readBy(() => counts.sums(filter));
    expect([whole, new Set(read)]).toEqual([[], new Set(['exposure_counts_20300130'])]);
  }
  const span = { from: Date.parse(interval.from) / 1_000, to: Date.parse(interval.to) / 1_000 };
  const series = createSeries({ db: watched });
  const byHour = await readBy(() =>
    series.of({ environmentId: places.environment, flag: null, span: { step: 'hour', ...span } }),
  );
  expect([byHour.whole, new Set(byHour.read)]).toEqual([[], new Set(['exposure_sums_203001'])]);
  expect((await readBy(() => counts.completeness(places.environment))).whole).toEqual([]);
});

it('the fleet is read by environment', async () => {
  const fleet = createFleet({ db: watched, changes: changes(), withheld: createWithheldReads(watched) });
  const { whole, read } = await readBy(() => fleet.show({ id: places.environment, key: 'environment-0' }));
  expect(whole).toEqual([]);
  expect(read).toContain('fleet_instances');
});
