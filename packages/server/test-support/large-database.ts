/** A database of the size of a large installation, filled by the database itself. */
import { type Database, sql } from '../src/platform/database.ts';

/** The environment with 10,000 flags, its project, and a common one of each. */
export interface LargePlaces {
  readonly largeProject: string;
  readonly largeEnvironment: string;
  readonly project: string;
  readonly environment: string;
  readonly change: string;
}

const PROJECTS = 100;
const ENVIRONMENTS_OF_EACH = 10;
const FLAGS_OF_EACH = 20;
const LARGE_FLAGS = 10_000;
/** Days before `until` of which there are counts. */
const DAYS = 10;

/** An id that says what it is of, so that it need not be looked up. */
const id = (kind: number, number: string): string =>
  `(lpad(to_hex(${kind}), 8, '0') || '-0000-4000-8000-' || lpad(to_hex((${number})::bigint), 12, '0'))::uuid`;
const project = (n: string): string => id(1, n);
const environment = (p: string, e: string): string => id(2, `(${p}) * ${ENVIRONMENTS_OF_EACH} + ${e}`);
const change = (n: string): string => id(3, n);

/** Flags by project and number: 0 is the large one. */
const FLAGS = `(select p, f from generate_series(0, ${PROJECTS - 1}) p, generate_series(1, ${FLAGS_OF_EACH}) f
  union all select 0, f from generate_series(${FLAGS_OF_EACH + 1}, ${LARGE_FLAGS}) f)`;
/** Each flag in each environment of its project; those beyond the usual number in the first alone. */
const STATES = `(select p, f, e, row_number() over (order by p, e, f) as n,
    row_number() over (partition by p, e order by f) as revision
  from ${FLAGS} flags, generate_series(0, ${ENVIRONMENTS_OF_EACH - 1}) e where e = 0 or f <= ${FLAGS_OF_EACH})`;

/** 1,000 environments, 10,000 flags in one, a change for each flag in each, counts of ten days before `until`, a fleet. */
export async function fillLarge({ db }: Pick<Database, 'db'>, until: Date): Promise<LargePlaces> {
  const begun = `'${new Date(until.getTime() - DAYS * 86_400_000).toISOString()}'::timestamptz`;
  const text = `'{"key":"flag-' || f || '","enabled":true}'`;
  const statements = [
    `insert into projects (id, key, name, created_at, folded_name)
      select ${project('p')}, 'project-' || p, 'Project ' || p, now(), 'project ' || p from generate_series(0, ${PROJECTS - 1}) p`,
    `insert into environments (id, project_id, key, name, created_at, folded_name)
      select ${environment('p', 'e')}, ${project('p')}, 'environment-' || e, 'Environment', now(), 'environment'
      from generate_series(0, ${PROJECTS - 1}) p, generate_series(0, ${ENVIRONMENTS_OF_EACH - 1}) e`,
    `insert into flags (id, project_id, key, type, name, description, owner, tags, variants, initial, created_at, search, folded_name)
      select gen_random_uuid(), ${project('p')}, 'flag-' || f, 'boolean', 'Flag ' || f, '', 'team-' || f % 20, array['tag-' || f % 50],
        array['on', 'off'], '{}', now() - make_interval(mins => f), 'flag-' || f || ' flag ' || f, 'flag ' || f from ${FLAGS} flags`,
    `insert into changes (id, project_id, action, state, author, at)
      select ${change('n')}, ${project('p')}, 'edit flag', 'applied', 'token:filler', now() from ${STATES} s order by n`,
    `insert into revisions (environment_id, revision, epoch, change_id, at)
      select ${environment('p', 'e')}, revision, 1, ${change('n')}, now() from ${STATES} s`,
    `insert into revision_counters (environment_id, revision) select environment_id, max(revision) from revisions group by 1`,
    `insert into entity_versions (environment_id, kind, key, revision, json, sha256)
      select ${environment('p', 'e')}, 'flag', 'flag-' || f, revision, ${text}, md5(f::text) from ${STATES} s`,
    `insert into flag_states (environment_id, key, enabled, serves, revision, changed_at)
      select ${environment('p', 'e')}, 'flag-' || f, true, 'on', revision, now() from ${STATES} s`,
    `insert into heads (environment_id, epoch, revision, head, hash, published_at)
      select environment_id, 1, revision, repeat('h', 300), md5(revision::text), now() from revisions`,
    `insert into publications (environment_id, epoch, revision, hash)
      select environment_id, 1, revision, md5(revision::text) from revision_counters`,
    `insert into audit_entries (chain, number, body, previous, hash)
      select 'environment:' || environment_id, revision, '{}', '', md5(revision::text) from revisions`,
    `insert into exposure_counts (environment_id, minute, flag, variant, reason, rule, revision, count)
      select ${environment('i % 100', 'i / 100 % 10')}, ${begun} + make_interval(mins => i * ${DAYS * 1_440} / 60000),
        'flag-' || i % 7, 'on', 'STATIC', '', 1, 1 from generate_series(0, 59999) i`,
    `insert into exposure_sums (environment_id, step, flag, at, variant, failed, count)
      select environment_id, 'hour', flag, date_trunc('hour', minute, 'UTC'), variant, false, sum(count) from exposure_counts group by 1, 3, 4, 5`,
    `insert into exposure_senders (environment_id, instance, sdk, first_at, last_at)
      select ${environment('i % 100', 'i / 100 % 10')}, 'instance-' || i, 'filler/1', now(), now() from generate_series(1, 20000) i`,
    `insert into fleet_edges (environment_id, edge, sequence, version, host, counts, older, uncounted, laggards, seen_at)
      select id, 'edge-' || e, 1, '1', 'host', '[]', 0, 0, '[]', now() from environments, generate_series(1, 3) e`,
    `insert into fleet_instances (environment_id, edge, instance, sdk, host, seen_at)
      select id, 'edge-' || e, 'instance-' || i, 'filler/1', 'host', now() from environments, generate_series(1, 3) e, generate_series(1, 7) i`,
    `insert into fleet_deliveries (environment_id, epoch, revision, edge, edge_ms, histogram, at)
      select id, 1, r, 'edge-1', 1, '[]', now() from environments, generate_series(1, 20) r`,
    `insert into candidates (environment_id, change_id, number, epoch, base, state, confirmations, decided_at)
      select environment_id, change_id, revision, 1, revision, case when revision % 2 = 0 then 'promoted' else 'withdrawn' end, '{}', now()
      from revisions where revision <= 2000`,
    `insert into candidate_entities (environment_id, change_id, kind, key, json)
      select d.environment_id, d.change_id, v.kind, v.key, v.json
      from candidates d join entity_versions v on v.environment_id = d.environment_id and v.revision = d.base`,
    'analyze',
  ];
  for (const statement of statements) await sql.raw(statement).execute(db);
  const [ids] = (
    await sql<LargePlaces>`select ${sql.raw(project('0'))} as "largeProject", ${sql.raw(environment('0', '0'))} as "largeEnvironment",
      ${sql.raw(project('50'))} as project, ${sql.raw(environment('50', '0'))} as environment, ${sql.raw(change('20000'))} as change`.execute(
      db,
    )
  ).rows;
  if (ids === undefined) throw new Error('nothing was filled in');
  return ids;
}
