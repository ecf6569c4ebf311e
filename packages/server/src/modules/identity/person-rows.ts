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

/** How many people can sign in and administer the installation. */
export async function countAdmins(on: Queryable): Promise<number> {
  const found = await row(
    on,
    sql<{ admins: number }>`select count(*) as admins from people p where p.disabled_at is null
      and exists (select 1 from grants g where g.person_id = p.id and g.role = 'admin' and g.project_id is null)`,
  );
  return found?.admins ?? 0;
}
