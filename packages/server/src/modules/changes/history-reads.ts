/** Reading history: changes with what they touched, as far as somebody may see it. */
import { type Db, rows, sql } from '../../platform/database.ts';
import type { CandidateRecord } from './candidates.ts';

export interface ChangeRecord {
  readonly id: string;
  /** Of all changes; of two that touch one environment, the one with the higher revision has the higher number. */
  readonly number: number;
  readonly projectId: string | null;
  readonly action: string;
  readonly state: 'draft' | 'in review' | 'candidate' | 'applied' | 'refused';
  readonly author: string;
  /** Null: written before authors had ids here. */
  readonly authorId: string | null;
  readonly reason: string | null;
  readonly at: string;
  /** The change that this one puts back, or puts back a part of. */
  readonly reverts: string | null;
  /** The newest change that puts back this one, or a part of it. */
  readonly revertedBy: string | null;
  readonly revisions: readonly { readonly environmentId: string; readonly epoch: number; readonly revision: number }[];
  /** Where it is or was tried before it took a revision, and what came of it. */
  readonly candidates: readonly ({ readonly environmentId: string } & Pick<
    CandidateRecord,
    'base' | 'state' | 'since' | 'rebuilt' | 'decidedAt' | 'decidedBy' | 'why'
  >)[];
  /** As many as were asked for, by environment, kind and key; those of a candidate that has no revision too. */
  readonly entities: readonly {
    readonly environmentId: string;
    readonly kind: string;
    readonly key: string;
    readonly deleted: boolean;
  }[];
  /** All of them. */
  readonly entityCount: number;
}

/** What of a project somebody may see. */
export interface Sight {
  readonly environmentIds: readonly string[];
  /** Also what touched no environment. */
  readonly isWhole: boolean;
}

export interface ChangeFilter {
  readonly projectId: string;
  readonly sight: Sight;
  /** One of those in sight. */
  readonly environmentId?: string | undefined;
  readonly flag?: string | undefined;
  readonly segment?: string | undefined;
  /** Only numbers below. */
  readonly before: number;
  readonly limit: number;
}

/** An entity as a change found it and as it left it: exact JSON texts, null where there was none. */
export interface EditRecord {
  readonly environmentId: string;
  readonly kind: 'flag' | 'segment';
  readonly key: string;
  readonly epoch: number;
  readonly revision: number;
  readonly before: string | null;
  readonly after: string | null;
}

export interface EditFilter {
  readonly changeId: string;
  readonly environmentIds: readonly string[];
  /** Absent: all. */
  readonly only?:
    | readonly { readonly environmentId: string; readonly kind: string; readonly key: string }[]
    | undefined;
  readonly limit: number;
  /** Of all texts together; one entity is answered whatever its length. */
  readonly mostBytes: number;
}

/** Of a change in a list, and of a change by itself. */
const ENTITIES_IN_LIST = 50;
const ENTITIES_ALONE = 1_000;

export function historyReads(db: Db, standby: Db) {
  return {
    /** Newest first. */
    async list(filter: ChangeFilter): Promise<readonly ChangeRecord[]> {
      const found = await rows(standby, numbersOf(filter));
      const numbers = found.map(({ number }) => number);
      if (numbers.length === 0) return [];
      return readChanges(
        standby,
        sql`c.number = any(${numbers}::bigint[]) order by c.number desc`,
        filter.sight,
        ENTITIES_IN_LIST,
      );
    },

    async get(projectId: string, id: string, sight: Sight): Promise<ChangeRecord | undefined> {
      if (!UUID.test(id)) return undefined;
      const where = sql`c.project_id = ${projectId}::uuid and c.id = ${id}::uuid`;
      const [found] = await readChanges(db, where, sight, ENTITIES_ALONE);
      if (found === undefined || sight.isWhole) return found;
      return found.revisions.length + found.candidates.length > 0 ? found : undefined;
    },

    /** By number, with revisions and entities of these environments only. */
    async getMany(ids: readonly string[], environmentIds: readonly string[]): Promise<readonly ChangeRecord[]> {
      if (ids.length === 0) return [];
      const where = sql`c.id = any(${ids}::uuid[]) order by c.number`;
      return readChanges(db, where, { environmentIds, isWhole: false }, ENTITIES_IN_LIST);
    },

    /** Flags and segments that a change wrote; `more`: there are others, which the bounds left out. */
    async edits(filter: EditFilter): Promise<{ readonly items: readonly EditRecord[]; readonly more: boolean }> {
      const found = await rows(db, editsOf(filter));
      const items = found.map(({ environmentId, kind, key, epoch, revision, before, after }) => {
        return { environmentId, kind, key, epoch, revision, before, after };
      });
      return { items, more: found.length < (found[0]?.candidates ?? 0) };
    },
  };
}

/**
 * The numbers of a page. Each environment is walked backwards from the page's beginning by an index, and no further than the page is
 * long, so that the length of the history does not matter.
 */
function numbersOf(filter: ChangeFilter) {
  const { projectId, sight, environmentId, flag, segment, before, limit } = filter;
  if (sight.isWhole && environmentId === undefined && flag === undefined && segment === undefined)
    return sql<{ number: number }>`select number from changes
      where project_id = ${projectId}::uuid and number < ${before} order by number desc limit ${limit}`;
  const environmentIds = environmentId === undefined ? sight.environmentIds : [environmentId];
  const entities = [
    ...(flag === undefined ? [] : [{ kind: 'flag', key: flag }]),
    ...(segment === undefined ? [] : [{ kind: 'segment', key: segment }]),
  ];
  const [first, second] = entities;
  const below = sql`select r.number, r.revision, r.change_id from revisions r where r.environment_id = e.id and r.number < ${before}`;
  const inOne =
    first === undefined
      ? sql`select below.number from (${below}) as below order by below.number desc limit ${limit}`
      : sql`select r.number from entity_versions v
          join revisions r on r.environment_id = v.environment_id and r.revision = v.revision
          where v.environment_id = e.id and v.kind = ${first.kind} and v.key = ${first.key} and r.number < ${before}
            and v.revision <= greatest(
              (select below.revision from (${below}) as below order by below.number desc limit 1), (${promotedBelow(before)}))
            and ${second === undefined ? sql`true` : alsoTouched(environmentIds, second)}
          order by v.revision desc limit ${limit}`;
  const inAny = sql<{ number: number }>`select found.number from unnest(${environmentIds}::uuid[]) as e (id)
    cross join lateral ((${inOne}) union all (${withoutRevision({ before, limit, entities })})) as found`;
  const all =
    flag !== undefined && segment === undefined && environmentId === undefined && sight.isWhole
      ? sql`${inAny} union all ${ofFlagItself(projectId, flag, before, limit)}`
      : inAny;
  return sql<{ number: number }>`select distinct number from (${all}) as found order by number desc limit ${limit}`;
}

/** A candidate is promoted with a later revision than those taken while it was tried, whose changes are newer: the latest such one. */
function promotedBelow(before: number) {
  return sql`select p.revision from candidates d join changes t on t.id = d.change_id
      join revisions p on p.environment_id = d.environment_id and p.number = t.number
    where d.environment_id = e.id and d.state = 'promoted' and t.number < ${before} order by d.number desc limit 1`;
}

/** What is being tried in an environment, or was withdrawn there. Of two candidates the newer has the higher number, as its change has. */
function withoutRevision({
  before,
  limit,
  entities: [first, second],
}: Pick<ChangeFilter, 'before' | 'limit'> & {
  readonly entities: readonly { readonly kind: string; readonly key: string }[];
}) {
  const has = ({ kind, key }: { readonly kind: string; readonly key: string }) =>
    sql`exists (select 1 from candidate_entities x where x.environment_id = d.environment_id and x.change_id = d.change_id
      and x.kind = ${kind} and x.key = ${key})`;
  const from =
    first === undefined
      ? sql`candidates d`
      : sql`candidate_entities w join candidates d on d.environment_id = w.environment_id and d.change_id = w.change_id
          and w.kind = ${first.kind} and w.key = ${first.key} and w.environment_id = e.id`;
  return sql`select t.number from ${from} join changes t on t.id = d.change_id
    where d.environment_id = e.id and d.state <> 'promoted' and t.number < ${before}
      and ${second === undefined ? sql`true` : has(second)} order by d.number desc limit ${limit}`;
}

/** Changes of its name, tags and the like: they are in no environment. */
function ofFlagItself(projectId: string, flag: string, before: number, limit: number) {
  return sql`(select number from changes
    where project_id = ${projectId}::uuid and flag = ${flag} and number < ${before} order by number desc limit ${limit})`;
}

function alsoTouched(
  environmentIds: readonly string[],
  { kind, key }: { readonly kind: string; readonly key: string },
) {
  return sql`exists (select 1 from revisions o
    join entity_versions w on w.environment_id = o.environment_id and w.revision = o.revision
    where o.change_id = r.change_id and o.environment_id = any(${environmentIds}::uuid[])
      and w.kind = ${kind} and w.key = ${key})`;
}

function readChanges(
  db: Db,
  where: ReturnType<typeof sql>,
  { environmentIds }: Sight,
  mostEntities: number,
): Promise<readonly ChangeRecord[]> {
  const isSeen = (id: string) => sql`${sql.ref(id)} = any(${environmentIds}::uuid[])`;
  // A change that puts back has revisions or candidates: who sees none of them does not learn that it is there.
  const isKnown = (id: string) =>
    sql`(exists (select 1 from revisions k where k.change_id = ${sql.ref(id)} and ${isSeen('k.environment_id')})
      or exists (select 1 from candidates k where k.change_id = ${sql.ref(id)} and ${isSeen('k.environment_id')}))`;
  return rows(
    db,
    sql<ChangeRecord>`select c.id, c.number, c.project_id as "projectId", c.action, c.state, c.author, c.author_id as "authorId",
      c.reason, c.at, case when ${isKnown('c.reverts')} then c.reverts end as reverts,
      (select b.id from changes b where b.reverts = c.id and ${isKnown('b.id')} order by b.number desc limit 1) as "revertedBy",
      coalesce((select json_agg(json_build_object('environmentId', r.environment_id, 'epoch', r.epoch, 'revision', r.revision) order by r.environment_id)
        from revisions r where r.change_id = c.id and ${isSeen('r.environment_id')}), '[]') as revisions,
      coalesce((select json_agg(json_build_object('environmentId', d.environment_id, 'base', d.base, 'state', d.state,
          'since', ${instant('d.since')}, 'rebuilt', d.rebuilt, 'decidedAt', ${instant('d.decided_at')},
          'decidedBy', d.decided_by, 'why', d.why) order by d.environment_id)
        from candidates d where d.change_id = c.id and ${isSeen('d.environment_id')}), '[]') as candidates,
      entities.list as entities, entities.count as "entityCount"
      from changes c cross join lateral (
        select coalesce(json_agg(json_build_object('environmentId', one.environment_id, 'kind', one.kind, 'key', one.key, 'deleted', one.deleted)
          order by one.place), '[]') as list, coalesce(max(one.count), 0)::int as count
        from (
          select touched.*, count(*) over () as count, row_number() over (order by environment_id, kind, key) as place
          from (
            select v.environment_id, v.kind, v.key, v.json is null as deleted
            from revisions r join entity_versions v on v.environment_id = r.environment_id and v.revision = r.revision
            where r.change_id = c.id and ${isSeen('r.environment_id')}
            union all
            select w.environment_id, w.kind, w.key, w.json is null and d.has_contents
            from candidates d join candidate_entities w on w.environment_id = d.environment_id and w.change_id = d.change_id
            where d.change_id = c.id and d.state <> 'promoted' and ${isSeen('d.environment_id')}
          ) as touched order by place limit ${mostEntities}
        ) as one
      ) as entities where ${where}`,
  );
}

function editsOf({ changeId, environmentIds, only, limit, mostBytes }: EditFilter) {
  const isAsked =
    only === undefined
      ? sql`true`
      : sql`(v.environment_id, v.kind, v.key) in (select * from unnest(${only.map((one) => one.environmentId)}::uuid[],
          ${only.map((one) => one.kind)}::text[], ${only.map((one) => one.key)}::text[]))`;
  const order = sql`environment_id, kind, key`;
  return sql<EditRecord & { readonly candidates: number }>`
    select environment_id as "environmentId", kind, key, epoch, revision, before, after, candidates from (
      select a.*, earlier.json as before, count(*) over ()::int as candidates,
        sum(coalesce(octet_length(a.after), 0) + coalesce(octet_length(earlier.json), 0))
          over (order by ${order} rows between unbounded preceding and 1 preceding) as bytes_before
      from (
        select v.environment_id, v.kind, v.key, r.epoch, v.revision, v.json as after
        from revisions r join entity_versions v on v.environment_id = r.environment_id and v.revision = r.revision
        where r.change_id = ${changeId}::uuid and r.environment_id = any(${environmentIds}::uuid[])
          and v.kind in ('flag', 'segment') and ${isAsked} order by ${order} limit ${limit + 1}
      ) as a
      left join lateral (
        select b.json from entity_versions b where b.environment_id = a.environment_id and b.kind = a.kind and b.key = a.key
          and b.revision < a.revision order by b.revision desc limit 1
      ) as earlier on true
    ) as edits where coalesce(bytes_before, 0) < ${mostBytes} order by ${order} limit ${limit}`;
}

/** RFC 3339, as everything is that is read by itself. */
function instant(column: string) {
  return sql`to_char(${sql.ref(column)} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
