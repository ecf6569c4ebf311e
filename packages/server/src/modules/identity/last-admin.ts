/** That somebody is left who can get in and administer the installation. */
import { type Queryable, row, sql } from '../../platform/database.ts';
import { Refusal } from '../../platform/refusal.ts';
import type { Grants } from '../access/index.ts';
import type { UnitOfWork } from '../changes/index.ts';

/**
 * Runs what may take somebody's rights or their way in, one such write after the other.
 *
 * @throws {Refusal} `last_admin` when there was somebody who could sign in and administer the installation, and would be no more.
 */
export async function keepAnAdmin(unit: UnitOfWork, grants: Grants, work: () => Promise<void>): Promise<void> {
  // The lock comes first: two admins who disable each other at the same moment must not both find the other one there.
  await grants.lock(unit);
  const before = await countAdmins(unit.tx);
  await work();
  if (before > 0 && (await countAdmins(unit.tx)) === 0)
    throw new Refusal(
      'last_admin',
      'After this nobody could sign in and administer the installation. Before it, see to it that an admin of the whole installation is left who is not disabled, and has a password or has signed in with a connection that is in use: give somebody else the role, or make a password link for an admin without one.',
    );
}

/**
 * How many people administer the installation and have a way in: a password, or a connection that they are known to and
 * that is not archived.
 */
async function countAdmins(on: Queryable): Promise<number> {
  const found = await row(
    on,
    sql<{ admins: number }>`select count(*) as admins from people p where p.disabled_at is null
      and exists (select 1 from grants g where g.person_id = p.id and g.role = 'admin' and g.project_id is null)
      and (exists (select 1 from credentials c where c.person_id = p.id and c.password is not null)
        or exists (select 1 from connection_people l join connections o on o.id = l.connection_id
          where l.person_id = p.id and o.archived_at is null))`,
  );
  return found?.admins ?? 0;
}
