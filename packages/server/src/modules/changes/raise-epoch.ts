/** A database that was put back to an earlier state counts on in another epoch, since its next revisions were used before. */
import { sql, type Tx } from '../../platform/database.ts';

/**
 * Every line goes on in `epoch`; so do the revisions that nobody has seen, those above `published` of their environment.
 * No row of `published` means that none of the environment's was published.
 */
export async function raiseEpoch(tx: Tx, epoch: number, published: ReadonlyMap<string, number>): Promise<void> {
  await sql`update revision_counters set epoch = ${epoch}`.execute(tx);
  await sql`update revisions r set epoch = ${epoch} where r.revision > coalesce((
      select p.revision from unnest(${[...published.keys()]}::text[], ${[...published.values()]}::bigint[]) as p (environment_id, revision)
      where p.environment_id::uuid = r.environment_id), 0)`.execute(tx);
}
