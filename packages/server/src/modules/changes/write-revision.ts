/** A revision as the tables have it, which is the outbox. The line is locked. */
import { sql, type Tx } from '../../platform/database.ts';
import type { StagedEntity } from './lines.ts';

export interface NewRevision {
  readonly environmentId: string;
  readonly epoch: number;
  readonly revision: number;
  readonly changeId: string;
  /** RFC 3339. */
  readonly at: string;
  readonly confirmations: readonly string[];
}

export async function writeRevision(
  tx: Tx,
  { environmentId, epoch, revision, changeId, at, confirmations }: NewRevision,
  staged: readonly StagedEntity[],
): Promise<void> {
  // One statement: the line is locked, and whoever waits for it waits for every round trip.
  await sql`with moved as (update revision_counters set revision = ${revision} where environment_id = ${environmentId}::uuid),
      made as (insert into revisions (environment_id, revision, epoch, change_id, at, confirmations)
        values (${environmentId}::uuid, ${revision}, ${epoch}, ${changeId}::uuid, ${at}, ${[...confirmations]}::text[]))
    insert into entity_versions (environment_id, kind, key, revision, json, sha256)
    select ${environmentId}::uuid, kind, key, ${revision}::bigint, json, sha256
    from unnest(${staged.map((e) => e.kind)}::text[], ${staged.map((e) => e.key)}::text[],
      ${staged.map((e) => e.json)}::text[], ${staged.map((e) => e.sha256)}::text[]) as staged (kind, key, json, sha256)`.execute(
    tx,
  );
}
