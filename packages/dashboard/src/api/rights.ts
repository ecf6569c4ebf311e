/** What somebody may do, from their grants alone; the server decides by the same rule. Pages ask it to say beforehand what will not work. */
export type Role = 'viewer' | 'editor' | 'admin';

export interface RoleGrant {
  readonly role: Role;
  /** Key; null: every project and the installation itself. */
  readonly project: string | null;
  /** Key; null: the whole project. */
  readonly environment: string | null;
}

const RANK: Readonly<Record<Role, number>> = { viewer: 0, editor: 1, admin: 2 };

export function isAtLeast(has: Role | null, wanted: Role): boolean {
  return has !== null && RANK[has] >= RANK[wanted];
}

/** In the installation itself. */
export function roleInInstallation(grants: readonly RoleGrant[]): Role | null {
  return highest(grants.filter((grant) => grant.project === null));
}

/** In a project as a whole: an admin of the installation is one everywhere, else the grant for the project counts more. */
export function roleInProject(grants: readonly RoleGrant[], project: string): Role | null {
  const wide = roleInInstallation(grants);
  if (wide === 'admin') return wide;
  return highest(grants.filter((grant) => grant.project === project && grant.environment === null)) ?? wide;
}

/** In one environment: an admin of the project is one in all of it, else the grant for the environment counts more. */
export function roleInEnvironment(grants: readonly RoleGrant[], project: string, environment: string): Role | null {
  const wide = roleInProject(grants, project);
  if (wide === 'admin') return wide;
  return highest(grants.filter((grant) => grant.project === project && grant.environment === environment)) ?? wide;
}

/** “You are a viewer in shop: you can look, and an editor or admin can change it.”; null when the role is enough. */
export function whyNot(has: Role | null, wanted: Role, where: string): string | null {
  if (isAtLeast(has, wanted)) return null;
  const who = wanted === 'admin' ? 'an admin' : 'an editor or admin';
  const role =
    has === null
      ? `You have no role in ${where} as a whole`
      : `You are ${has === 'viewer' ? 'a viewer' : 'an editor'} in ${where}`;
  return `${role}: you can look, and ${who} can change it.`;
}

function highest(grants: readonly RoleGrant[]): Role | null {
  return grants.reduce<Role | null>((best, { role }) => (isAtLeast(best, role) ? best : role), null);
}
