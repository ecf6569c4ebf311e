/** Writes a revision past everything that judges what people and programs send. */
import { randomUUID } from 'node:crypto';
import { sha256 } from '@flaghoist/runtime/crypto';
import { type Database, row, sql } from '../src/platform/database.ts';

export interface ForgedEntity {
  readonly kind: 'flag' | 'segment' | 'chunk';
  readonly key: string;
  /** Null deletes. */
  readonly json: string | null;
}

export async function forge(
  database: Database,
  environmentId: string,
  entities: readonly ForgedEntity[],
  confirmations: readonly string[] = [],
): Promise<number> {
  return database.db.transaction().execute(async (tx) => {
    const line = await row(
      tx,
      sql<{ revision: number }>`update revision_counters set revision = revision + 1
        where environment_id = ${environmentId}::uuid returning revision`,
    );
    const revision = line?.revision ?? 0;
    const change = randomUUID();
    await sql`insert into changes (id, action, state, author, at) values (${change}::uuid, 'forge', 'applied', 'forger', now())`.execute(
      tx,
    );
    await sql`insert into revisions (environment_id, revision, epoch, change_id, at, confirmations)
      values (${environmentId}::uuid, ${revision}, 1, ${change}::uuid, now(), ${[...confirmations]}::text[])`.execute(
      tx,
    );
    for (const { kind, key, json } of entities)
      await sql`insert into entity_versions (environment_id, kind, key, revision, json, sha256)
        values (${environmentId}::uuid, ${kind}, ${key}, ${revision}, ${json}, ${json === null ? null : sha256(json)})`.execute(
        tx,
      );
    return revision;
  });
}
