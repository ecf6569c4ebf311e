/** People as their table has them. */
import { type Queryable, row, sql } from '../../platform/database.ts';

export interface PersonRow {
  readonly id: string;
  readonly email: string;
  readonly name: string;
  readonly disabledAt: string | null;
  readonly createdAt: string;
  readonly lastSeenAt: string | null;
  readonly version: number;
}

export const PEOPLE = sql`select id, email, name, disabled_at as "disabledAt", created_at as "createdAt",
  last_seen_at as "lastSeenAt", version from people`;

export async function personById(on: Queryable, id: string): Promise<PersonRow | undefined> {
  return row(on, sql<PersonRow>`${PEOPLE} where id::text = ${id}`);
}
