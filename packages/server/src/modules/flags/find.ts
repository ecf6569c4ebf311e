/** Flags by parts of their key or name, for the search over everything. */
import { type Db, rows, sql } from '../../platform/database.ts';
import { type Found, holdsAll, rankOf } from '../../platform/text-search.ts';

/** The best of the active flags of some projects. */
export function findFlags(
  db: Db,
  words: readonly string[],
  projectIds: readonly string[],
  limit: number,
): Promise<Found[]> {
  const rank = rankOf(sql`lower(f.key)`, sql`f.folded_name`, words);
  return rows(
    db,
    sql<Found>`select p.key as project, null as environment, f.key, f.name, ${rank} as rank
      from flags f join projects p on p.id = f.project_id
      where f.project_id = any(${projectIds}::uuid[]) and f.archived_at is null
        and ${holdsAll(sql`lower(f.key) || ' ' || f.folded_name`, words)}
      order by rank, length(f.key), f.key collate "C", p.key collate "C" limit ${limit}`,
  );
}
