/** How far publishing is behind what was committed, as the database knows it. */
import { type Db, rows, sql } from '../../platform/database.ts';

export interface OutboxLine {
  readonly environmentId: string;
  readonly epoch: number;
  /** Committed. */
  readonly revision: number;
  /** 0: nothing is. */
  readonly published: number;
  /** Since the oldest revision that is not published was written; null: all are. */
  readonly waitsSeconds: number | null;
}

/** Every environment, in the order of their ids. */
export function readOutbox(db: Db): Promise<readonly OutboxLine[]> {
  return rows(
    db,
    sql<OutboxLine>`select c.environment_id as "environmentId", c.epoch, c.revision, coalesce(p.revision, 0) as published,
      (select extract(epoch from greatest(now() - r.at, interval '0'))::float8 from revisions r
        where r.environment_id = c.environment_id and r.revision = coalesce(p.revision, 0) + 1) as "waitsSeconds"
      from revision_counters c left join publications p on p.environment_id = c.environment_id order by c.environment_id`,
  );
}
