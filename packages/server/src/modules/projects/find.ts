/** Projects and environments by parts of their key or name, for the search over everything. */
import { type Db, rows, sql } from '../../platform/database.ts';
import { type Found, holdsAll, rankOf } from '../../platform/text-search.ts';

/** The best of some projects. */
export function findProjects(
  db: Db,
  words: readonly string[],
  ids: readonly string[],
  limit: number,
): Promise<Found[]> {
  const rank = rankOf(sql`lower(p.key)`, sql`p.folded_name`, words);
  return rows(
    db,
    sql<Found>`select p.key as project, null as environment, p.key, p.name, ${rank} as rank from projects p
      where p.id = any(${ids}::uuid[]) and ${holdsAll(sql`lower(p.key) || ' ' || p.folded_name`, words)}
      order by rank, length(p.key), p.key collate "C" limit ${limit}`,
  );
}

/** The best of some environments. */
export function findEnvironments(
  db: Db,
  words: readonly string[],
  ids: readonly string[],
  limit: number,
): Promise<Found[]> {
  const rank = rankOf(sql`lower(e.key)`, sql`e.folded_name`, words);
  return rows(
    db,
    sql<Found>`select p.key as project, e.key as environment, e.key, e.name, ${rank} as rank
      from environments e join projects p on p.id = e.project_id
      where e.id = any(${ids}::uuid[]) and ${holdsAll(sql`lower(e.key) || ' ' || e.folded_name`, words)}
      order by rank, length(e.key), e.key collate "C", p.key collate "C" limit ${limit}`,
  );
}
