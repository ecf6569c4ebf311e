/** What is withheld, for those who ask why followers do not get a change. */
import { type Db, rows, sql } from '../../platform/database.ts';

export type WithheldReads = ReturnType<typeof createWithheldReads>;

export function createWithheldReads(db: Db) {
  return {
    /** Problems of an environment; null: nothing is withheld there. */
    async inEnvironment(environmentId: string): Promise<string | null> {
      const found = await rows(
        db,
        sql<{
          problem: string;
        }>`select distinct problem from withheld where environment_id = ${environmentId}::uuid order by problem limit 5`,
      );
      return found.length === 0 ? null : found.map(({ problem }) => problem).join(' ');
    },

    /** Problems of what a change wrote, by environment. */
    async ofChange(changeId: string): Promise<ReadonlyMap<string, string>> {
      const found = await rows(
        db,
        sql<{
          environmentId: string;
          problem: string;
        }>`select w.environment_id as "environmentId", min(w.problem) as problem
          from revisions r join entity_versions v on v.environment_id = r.environment_id and v.revision = r.revision
          join withheld w on w.environment_id = v.environment_id and w.kind = v.kind and w.key = v.key and w.since <= v.revision
          where r.change_id = ${changeId}::uuid group by 1`,
      );
      return new Map(found.map(({ environmentId, problem }) => [environmentId, problem]));
    },
  };
}
