/** Reading what commands made. */
import type { EntityKind } from '@flaghoist/protocol/ruleset';
import { type Db, row, rows, sql } from '../../platform/database.ts';
import { historyReads } from './history-reads.ts';

export interface RevisionRecord {
  readonly revision: number;
  readonly epoch: number;
  readonly changeId: string;
  /** What its author confirmed although a guard would refuse it. */
  readonly confirmations: readonly string[];
}

/** A revision together with what it wrote, by kind and key. */
export interface WrittenRevision extends RevisionRecord {
  readonly versions: readonly EntityVersion[];
}

export interface EntityVersion {
  readonly kind: EntityKind;
  readonly key: string;
  readonly revision: number;
  readonly json: string | null;
  readonly sha256: string | null;
}

/** An entity whose versions since a revision do not count. */
export interface Before {
  readonly kind: EntityKind;
  readonly key: string;
  readonly since: number;
}

/** An entity in two environments, as it lives there; null where it does not. */
export interface EntityPair {
  readonly kind: EntityKind;
  readonly key: string;
  readonly fromRevision: number | null;
  readonly fromJson: string | null;
  readonly toRevision: number | null;
  readonly toJson: string | null;
}

/** Newest state, outbox and history of entities. */
/** What is read for people to look back goes by `reports`; lists, which lead to what is read anew, by `standby`. */
export function createReads(db: Db, { reports, standby }: { readonly reports: Db; readonly standby: Db }) {
  return { ...lineReads(db), ...entityReads(db), ...historyReads(reports, standby), ...comparisonReads(reports) };
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

function lineReads(db: Db) {
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
        sql<RevisionRecord>`select revision, epoch, change_id as "changeId", confirmations from revisions
          where environment_id = ${environmentId}::uuid and revision > ${revision} order by revision limit ${limit}`,
      );
    },

    /** As `revisionsAfter`, with what each wrote: one statement, because everybody waits for it. */
    async writtenAfter(environmentId: string, revision: number, limit: number): Promise<WrittenRevision[]> {
      const found = await rows(
        db,
        sql<
          RevisionRecord & { kind: EntityKind | null; key: string; json: string | null; sha256: string | null }
        >`select
          r.revision, r.epoch, r.change_id as "changeId", r.confirmations, v.kind, v.key, v.json, v.sha256
          from (
            select * from revisions where environment_id = ${environmentId}::uuid and revision > ${revision}
            order by revision limit ${limit}
          ) r left join entity_versions v on v.environment_id = r.environment_id and v.revision = r.revision
          order by r.revision, v.kind, v.key`,
      );
      const written: (RevisionRecord & { readonly versions: EntityVersion[] })[] = [];
      for (const { kind, key, json, sha256, ...record } of found) {
        if (written.at(-1)?.revision !== record.revision) written.push({ ...record, versions: [] });
        if (kind !== null) written.at(-1)?.versions.push({ kind, key, revision: record.revision, json, sha256 });
      }
      return written;
    },

    /** What revisions in (after, to] wrote, in revision order. */
    async versionsBetween(environmentId: string, after: number, to: number) {
      return rows(
        db,
        sql<EntityVersion>`select kind, key, revision, json, sha256 from entity_versions
          where environment_id = ${environmentId}::uuid and revision > ${after} and revision <= ${to} order by revision, kind, key`,
      );
    },
  };
}

function entityReads(db: Db) {
  return {
    /** Every living entity as it was at a revision; those in `before` as they were before another one. */
    async entitiesAt(environmentId: string, revision: number, before: readonly Before[] = []) {
      const known =
        before.length === 0
          ? sql`true`
          : sql`not exists (select 1 from unnest(${before.map(({ kind }) => kind)}::text[], ${before.map(({ key }) => key)}::text[],
              ${before.map(({ since }) => since)}::bigint[]) as late (kind, key, since)
              where late.kind = v.kind and late.key = v.key and v.revision >= late.since)`;
      return rows(
        db,
        sql<EntityVersion>`select * from (
            select distinct on (kind, key) kind, key, revision, json, sha256 from entity_versions v
            where environment_id = ${environmentId}::uuid and revision <= ${revision} and ${known}
            order by kind, key, revision desc
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
  };
}
