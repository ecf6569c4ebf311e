/** What was published, as the database knows it. */
import { type Db, row, rows, sql } from '../../platform/database.ts';
import type { NextBlock, Publication } from './line.ts';

export async function readPublications(db: Db): Promise<ReadonlyMap<string, Publication>> {
  const found = await rows(
    db,
    sql<
      Publication & { environmentId: string }
    >`select environment_id as "environmentId", epoch, revision, hash from publications`,
  );
  return new Map(found.map(({ environmentId, ...publication }) => [environmentId, publication]));
}

export async function readHead(
  db: Db,
  environmentId: string,
  { epoch, revision }: Publication,
): Promise<string | undefined> {
  const found = await row(
    db,
    sql<{
      head: string;
    }>`select head from heads where environment_id = ${environmentId}::uuid and epoch = ${epoch} and revision = ${revision}`,
  );
  return found?.head;
}

/** Remembers what is on the bus. Two publishers may remember the same: the heads are equal, and the newest place wins. */
export async function remember(db: Db, environmentId: string, blocks: readonly NextBlock[], at: string): Promise<void> {
  const last = blocks.at(-1)?.publication;
  if (last === undefined) return;
  await db.transaction().execute(async (tx) => {
    await sql`insert into heads (environment_id, epoch, revision, head, hash, published_at)
      select ${environmentId}::uuid, epoch, revision, head, hash, ${at}
      from unnest(${blocks.map((b) => b.publication.epoch)}::bigint[], ${blocks.map((b) => b.publication.revision)}::bigint[],
        ${blocks.map((b) => b.head)}::text[], ${blocks.map((b) => b.publication.hash)}::text[]) as made (epoch, revision, head, hash)
      on conflict do nothing`.execute(tx);
    await sql`insert into publications (environment_id, epoch, revision, hash)
      values (${environmentId}::uuid, ${last.epoch}, ${last.revision}, ${last.hash})
      on conflict (environment_id) do update set epoch = excluded.epoch, revision = excluded.revision, hash = excluded.hash
      where publications.revision < excluded.revision`.execute(tx);
  });
}
