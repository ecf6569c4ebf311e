/** Reading what commands made. */
import type { EntityKind } from '@flaghoist/protocol/ruleset';
import { type Db, row, rows, sql } from '../../platform/database.ts';

export interface RevisionRecord {
  readonly revision: number;
  readonly epoch: number;
  readonly changeId: string;
}

export interface EntityVersion {
  readonly kind: EntityKind;
  readonly key: string;
  readonly revision: number;
  readonly json: string | null;
  readonly sha256: string | null;
}

export interface ChangeRecord {
  readonly id: string;
  readonly number: number;
  readonly projectId: string | null;
  readonly action: string;
  readonly state: 'draft' | 'in review' | 'candidate' | 'applied' | 'refused';
  readonly author: string;
  readonly reason: string | null;
  readonly at: string;
  readonly revisions: readonly { readonly environmentId: string; readonly epoch: number; readonly revision: number }[];
  readonly entities: readonly {
    readonly environmentId: string;
    readonly kind: string;
    readonly key: string;
    readonly deleted: boolean;
  }[];
}

/** An entity as it stands in two environments; null members where it is not in one of them. */
export interface EntityPair {
  readonly kind: EntityKind;
  readonly key: string;
  readonly fromRevision: number | null;
  readonly fromJson: string | null;
  readonly toRevision: number | null;
  readonly toJson: string | null;
}

/** Newest state, outbox and history of entities. */
export function createReads(db: Db) {
  return { ...stateReads(db), ...historyReads(db), ...comparisonReads(db) };
}

function comparisonReads(db: Db) {
  const livingIn = (environmentId: string, kinds: readonly EntityKind[]) => sql`select * from (
      select distinct on (kind, key) kind, key, revision, json, sha256 from entity_versions
      where environment_id = ${environmentId}::uuid and kind = any(${kinds}::text[]) order by kind, key, revision desc
    ) as newest where json is not null`;
  const pairs = (fromId: string, toId: string, kinds: readonly EntityKind[]) =>
    sql`(${livingIn(fromId, kinds)}) f full join (${livingIn(toId, kinds)}) t using (kind, key)`;
  return {
    /** Living entities of two environments whose text differs, by kind and key. */
    async differing(fromId: string, toId: string, kinds: readonly EntityKind[], limit: number) {
      return rows(
        db,
        sql<EntityPair>`select kind, key, f.revision as "fromRevision", f.json as "fromJson", t.revision as "toRevision", t.json as "toJson"
          from ${pairs(fromId, toId, kinds)} where f.sha256 is distinct from t.sha256
          order by kind, key collate "C" limit ${limit}`,
      );
    },

    /** How many living entities have the same text in both, and how many have not. */
    async countPairs(fromId: string, toId: string, kinds: readonly EntityKind[]) {
      const found = await row(
        db,
        sql<{ same: number; differing: number }>`select count(*) filter (where f.sha256 = t.sha256)::int as same,
          count(*) filter (where f.sha256 is distinct from t.sha256)::int as differing from ${pairs(fromId, toId, kinds)}`,
      );
      return found ?? { same: 0, differing: 0 };
    },
  };
}

function stateReads(db: Db) {
  return {
    /** Lines with their newest committed revision. */
    async lines() {
      return rows(
        db,
        sql<{
          environmentId: string;
          epoch: number;
          revision: number;
        }>`select environment_id as "environmentId", epoch, revision from revision_counters`,
      );
    },

    async line(environmentId: string) {
      return row(
        db,
        sql<{
          epoch: number;
          revision: number;
        }>`select epoch, revision from revision_counters where environment_id = ${environmentId}::uuid`,
      );
    },

    /** Contiguous: revisions after one, in order. */
    async revisionsAfter(environmentId: string, revision: number, limit: number) {
      return rows(
        db,
        sql<RevisionRecord>`select revision, epoch, change_id as "changeId" from revisions
          where environment_id = ${environmentId}::uuid and revision > ${revision} order by revision limit ${limit}`,
      );
    },

    /** What revisions in (after, to] wrote, in revision order. */
    async versionsBetween(environmentId: string, after: number, to: number) {
      return rows(
        db,
        sql<EntityVersion>`select kind, key, revision, json, sha256 from entity_versions
          where environment_id = ${environmentId}::uuid and revision > ${after} and revision <= ${to} order by revision, kind, key`,
      );
    },

    /** Every living entity as it was at a revision. */
    async entitiesAt(environmentId: string, revision: number) {
      return rows(
        db,
        sql<EntityVersion>`select * from (
            select distinct on (kind, key) kind, key, revision, json, sha256 from entity_versions
            where environment_id = ${environmentId}::uuid and revision <= ${revision} order by kind, key, revision desc
          ) as newest where json is not null`,
      );
    },

    /** The newest version of one entity; undefined when there never was one. */
    async newest(environmentId: string, kind: EntityKind, key: string) {
      return row(
        db,
        sql<EntityVersion>`select kind, key, revision, json, sha256 from entity_versions
          where environment_id = ${environmentId}::uuid and kind = ${kind} and key = ${key} order by revision desc limit 1`,
      );
    },

    /** The newest versions of living entities of a kind whose key is above `after`, by key. */
    async newestOf(environmentId: string, kind: EntityKind, after: string, limit: number) {
      return rows(
        db,
        sql<EntityVersion>`select * from (
            select distinct on (key) kind, key, revision, json, sha256 from entity_versions
            where environment_id = ${environmentId}::uuid and kind = ${kind} and key > ${after} collate "C" order by key, revision desc
          ) as newest where json is not null order by key collate "C" limit ${limit}`,
      );
    },

    /** The newest living versions of some entities of a kind, in several environments. */
    async newestAmong(environmentIds: readonly string[], kind: EntityKind, keys: readonly string[]) {
      return rows(
        db,
        sql<EntityVersion & { environmentId: string }>`select * from (
            select distinct on (environment_id, key) environment_id as "environmentId", kind, key, revision, json, sha256 from entity_versions
            where environment_id = any(${environmentIds}::uuid[]) and kind = ${kind} and key = any(${keys}::text[])
            order by environment_id, key, revision desc
          ) as newest where json is not null`,
      );
    },
  };
}

function historyReads(db: Db) {
  return {
    async list(filter: {
      readonly projectId: string;
      readonly environmentId?: string;
      readonly before: number;
      readonly limit: number;
    }) {
      const inEnvironment =
        filter.environmentId === undefined
          ? sql`true`
          : sql`exists (select 1 from revisions r where r.change_id = c.id and r.environment_id = ${filter.environmentId}::uuid)`;
      return readChanges(
        db,
        sql`c.project_id = ${filter.projectId}::uuid and c.number < ${filter.before} and ${inEnvironment} order by c.number desc limit ${filter.limit}`,
      );
    },

    async get(projectId: string, id: string): Promise<ChangeRecord | undefined> {
      return (await readChanges(db, sql`c.project_id = ${projectId}::uuid and c.id::text = ${id}`))[0];
    },

    async getMany(ids: readonly string[]): Promise<readonly ChangeRecord[]> {
      return ids.length === 0 ? [] : readChanges(db, sql`c.id = any(${ids}::uuid[]) order by c.number`);
    },
  };
}

async function readChanges(db: Db, where: ReturnType<typeof sql>): Promise<readonly ChangeRecord[]> {
  return rows(
    db,
    sql<ChangeRecord>`select c.id, c.number, c.project_id as "projectId", c.action, c.state, c.author, c.reason, c.at,
      coalesce((select json_agg(json_build_object('environmentId', r.environment_id, 'epoch', r.epoch, 'revision', r.revision) order by r.environment_id)
        from revisions r where r.change_id = c.id), '[]') as revisions,
      coalesce((select json_agg(json_build_object('environmentId', v.environment_id, 'kind', v.kind, 'key', v.key, 'deleted', v.json is null)
          order by v.environment_id, v.kind, v.key)
        from revisions r join entity_versions v on v.environment_id = r.environment_id and v.revision = r.revision
        where r.change_id = c.id), '[]') as entities
      from changes c where ${where}`,
  );
}
