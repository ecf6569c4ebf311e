/** Apart from what changes keys, because an edge alone loads nothing else of this module. */
import { type Db, row, sql } from '../../platform/database.ts';

/** Whether a key of this id exists and is not revoked: what an edge asks about a key it does not know yet. */
export async function keyExists(db: Db, id: string): Promise<boolean> {
  return (await row(db, sql`select 1 from keys where id = ${id} and revoked_at is null`)) !== undefined;
}
