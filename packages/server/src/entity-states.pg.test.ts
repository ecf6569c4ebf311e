/**
 * What lists show of flags and segments never differs from their entities, whatever was done to them; and a database from before
 * there was such a thing is brought to the same.
 */
import type { FlagConfiguration, Segment } from '@flaghoist/evaluator';
import type { FlagConfigurationEdit, FlagEdit, SegmentEdit } from '@flaghoist/protocol/management';
import { createDatabase } from '@flaghoist/testkit/postgres';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest';
import { captureLog } from '../test-support/captured-log.ts';
import {
  DATABASE_KINDS,
  type DatabasePlace,
  makePlace,
  type OpenPlace,
  openModules,
} from '../test-support/database-place.ts';
import type { Command } from './modules/changes/index.ts';
import { type Db, rows, sql } from './platform/database.ts';
import { readMigrations } from './platform/migrations.ts';
import type { Place } from './platform/principal.ts';
import { Refusal } from './platform/refusal.ts';
import { EVERY_RIGHT } from './platform/rights.ts';

const FLAGS = ['checkout', 'Banner', 'limit'] as const;
const SEGMENTS = ['beta', 'Staff'] as const;
const RUNS = 12;
const STEPS = 25;

const command = (action: string): Command => ({
  actor: { id: 'author', name: 'author' },
  rights: EVERY_RIGHT,
  action,
  reason: null,
  idempotencyKey: null,
  fingerprint: '',
});

/** What may be done next; whatever is refused changes nothing and is as good. */
type Step = (
  modules: OpenPlace['modules'],
  project: Place['project'],
  environments: readonly Place['environment'][],
) => Promise<unknown>;

const flag = fc.constantFrom(...FLAGS);
const segment = fc.constantFrom(...SEGMENTS);
const at = fc.nat({ max: 5 });
const set: fc.Arbitrary<FlagConfigurationEdit> = fc.oneof(
  fc.record({ enabled: fc.boolean() }),
  fc.constantFrom<FlagConfigurationEdit[]>(
    { rules: [] },
    { rules: [{ id: 'r', conditions: [{ attribute: 'a', operator: 'in', values: ['x'] }], serve: { variant: 'on' } }] },
    { targets: [{ variant: 'on', keys: ['ada'] }] },
    { targets: [] },
    { prerequisites: [{ flag: 'Banner', variants: ['on'] }] },
    { prerequisites: [] },
    { default: { variant: 'off' } },
    { default: { rollout: { variants: [{ variant: 'on', weight: 1 }], bucketing: { algorithm: 'murmur3/1' } } } },
  ),
);
const members: fc.Arbitrary<SegmentEdit> = fc.record(
  {
    included: fc.uniqueArray(fc.constantFrom('a', 'b', 'c')),
    excluded: fc.uniqueArray(fc.constantFrom('d', 'e')),
    conditions: fc.constantFrom<unknown[][]>([], [{ attribute: 'a', operator: 'in', values: ['x'] }]),
  },
  { requiredKeys: ['included'] },
);
const placeAt = (project: Place['project'], environments: readonly Place['environment'][], i: number): Place => {
  const environment = environments[i % environments.length];
  if (environment === undefined) throw new Error('the project has no environment');
  return { project, environment };
};

const step: fc.Arbitrary<Step> = fc.oneof(
  fc.tuple(flag, fc.boolean()).map(
    ([key, enabled]): Step =>
      (modules, project) =>
        modules.flags.create(command('flag.create'), project, { key, type: 'boolean', enabled, tags: ['Web'] }),
  ),
  fc.tuple(flag, at, set).map(
    ([key, i, edit]): Step =>
      (modules, project, environments) =>
        modules.flags.configurations.edit(command('flag.edit'), placeAt(project, environments, i), key, '*', edit),
  ),
  fc
    .tuple(
      flag,
      fc.constantFrom<FlagEdit[]>(
        { name: 'New Name' },
        { tags: ['x', 'Y'], owner: 'Ann' },
        { addVariants: { third: true } },
      ),
    )
    .map(
      ([key, edit]): Step =>
        (modules, project) =>
          modules.flags.edit(command('flag.describe'), project, key, '*', edit),
    ),
  fc.tuple(flag, set).map(
    ([key, edit]): Step =>
      async (modules, project, environments) => {
        const newest = await Promise.all(environments.map(({ id }) => modules.changes.newest(id, 'flag', key)));
        const edits = environments.flatMap(({ key: environment }, i) => {
          const { revision: ifMatch, json = null } = newest[i] ?? {};
          return ifMatch === undefined || json === null ? [] : [{ environment, flag: key, ifMatch, set: edit }];
        });
        return edits.length === 0 ? null : modules.flags.configurations.apply(command('change.apply'), project, edits);
      },
  ),
  flag.map(
    (key): Step =>
      (modules, project) =>
        modules.flags.archive(command('flag.archive'), project, key, '*'),
  ),
  fc.nat({ max: 3 }).map(
    (i): Step =>
      (modules, project) =>
        modules.projects.environments.create(command('environment.create'), project, { key: `e${i}` }),
  ),
  fc.tuple(segment, at, members).map(
    ([key, i, edit]): Step =>
      (modules, project, environments) =>
        modules.segments.create(command('segment.create'), placeAt(project, environments, i), { key, ...edit }),
  ),
  fc.tuple(segment, at, members).map(
    ([key, i, edit]): Step =>
      (modules, project, environments) =>
        modules.segments.edit(command('segment.edit'), placeAt(project, environments, i), key, '*', edit),
  ),
  fc.tuple(segment, at).map(
    ([key, i]): Step =>
      (modules, project, environments) =>
        modules.segments.archive(command('segment.archive'), placeAt(project, environments, i), key, '*'),
  ),
);

/** Every row that is derived, as it ought to be by the entities alone. */
async function expected(db: Db) {
  const living = await rows(
    db,
    sql<{ environmentId: string; kind: string; key: string; revision: number; json: string; at: string }>`
      select v.environment_id as "environmentId", v.kind, v.key, v.revision, v.json, r.at from entity_versions v
      join revisions r on r.environment_id = v.environment_id and r.revision = v.revision
      where v.json is not null and not exists (select 1 from entity_versions later
        where (later.environment_id, later.kind, later.key) = (v.environment_id, v.kind, v.key) and later.revision > v.revision)
      order by v.environment_id, v.key collate "C"`,
  );
  const place = ({ environmentId, key, revision, at: changedAt }: (typeof living)[number]) => ({
    environmentId,
    key,
    revision,
    changedAt,
  });
  const flags = living
    .filter(({ kind }) => kind === 'flag')
    .map((one) => {
      const { enabled, ...configuration } = JSON.parse(one.json) as FlagConfiguration;
      const decides = ['prerequisites', 'targets', 'rules'].some((member) => member in configuration);
      const otherwise = 'variant' in configuration.default ? configuration.default.variant : 'rollout';
      return { ...place(one), enabled, serves: enabled ? (decides ? 'rules' : otherwise) : 'off' };
    });
  const segments = living
    .filter(({ kind }) => kind === 'segment')
    .map((one) => {
      const { included = [], excluded = [], conditions = [] } = JSON.parse(one.json) as Segment;
      return { ...place(one), included: included.length, excluded: excluded.length, conditions: conditions.length };
    });
  return { flags, segments };
}

async function derived(db: Db) {
  return {
    flags: await rows(
      db,
      sql`select environment_id as "environmentId", key, revision, changed_at as "changedAt", enabled, serves
        from flag_states order by environment_id, key collate "C"`,
    ),
    segments: await rows(
      db,
      sql`select environment_id as "environmentId", key, revision, changed_at as "changedAt", included, excluded, conditions
        from segment_states order by environment_id, key collate "C"`,
    ),
  };
}

const described = (db: Db) =>
  rows(db, sql`select key, changed_at, search, folded_name from flags order by project_id, key collate "C"`);

describe.each(DATABASE_KINDS)('over the %s', (kind) => {
  let place: DatabasePlace;
  let open: OpenPlace;
  let time = Date.parse('2031-01-01T00:00:00.000Z');
  let projects = 0;

  beforeEach(async () => {
    place = await makePlace(kind, () => createDatabase(inject('flaghoistPostgresUrl')));
    // A clock that never shows the same time twice, so that no change is mistaken for another.
    open = await openModules(place, captureLog().logger, () => new Date((time += 7)));
  });
  afterEach(async () => {
    await open.database.close();
    await place.remove();
  });

  /** Does one thing after the other in a project of its own; answers how many were not refused. */
  async function play(steps: readonly Step[]): Promise<number> {
    const { modules } = open;
    const key = `p${projects++}`;
    await modules.projects.create(command('project.create'), { key, environments: ['e0', 'e1'] });
    const { id } = (await modules.projects.byKey(key)) ?? { id: '' };
    const project = { id, key, archived: false };
    let done = 0;
    for (const next of steps) {
      const environments = (await modules.projects.environments.ofProject(id)).map((one) => ({
        id: one.id,
        key: one.key,
        archived: false,
      }));
      const refused = await next(modules, project, environments).then(
        () => false,
        (error: unknown) => {
          if (error instanceof Refusal) return true;
          throw error;
        },
      );
      if (!refused) done += 1;
    }
    return done;
  }

  it('what lists show is what the entities say, after any sequence of commands', async () => {
    let done = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: STEPS, maxLength: STEPS }), async (steps) => {
        done += await play(steps);
        expect(await derived(open.database.db)).toEqual(await expected(open.database.db));
      }),
      { numRuns: RUNS, verbose: true },
    );
    const { flags, segments } = await derived(open.database.db);
    expect([flags.length > RUNS, segments.length > RUNS / 2, done > RUNS * 5]).toEqual([true, true, true]);
  });

  it('an upgrade fills in for what was there before exactly what would have been written', async () => {
    for (const steps of fc.sample(fc.array(step, { minLength: STEPS, maxLength: STEPS }), { numRuns: RUNS, seed: 4 }))
      await play(steps);
    const { db } = open.database;
    const [states, texts] = [await derived(db), await described(db)];
    expect([states.flags.length > RUNS, states.segments.length > RUNS / 2, texts.length > RUNS]).toEqual([
      true,
      true,
      true,
    ]);
    // As it was before: without what this migration makes.
    for (const table of ['flag_states', 'segment_states', 'saved_filters'])
      await sql`drop table ${sql.table(table)}`.execute(db);
    await sql`drop index flags_by_key`.execute(db);
    await sql`alter table flags drop column changed_at, drop column search, drop column folded_name`.execute(db);
    for (const table of ['projects', 'environments'])
      await sql`alter table ${sql.table(table)} drop column folded_name`.execute(db);
    const migration = (await readMigrations()).find(({ name }) => name === '0005_flag_states.sql');
    await sql.raw(migration?.text ?? '').execute(db);
    expect(await derived(db)).toEqual(states);
    expect(await described(db)).toEqual(texts);
  });
});
