/** Where whoever gives roles may give them: in what they administer. */
import { type RoleGrant, roleInEnvironment, roleInInstallation, roleInProject } from '../../api/rights.ts';

interface Named {
  readonly key: string;
  readonly name: string;
  readonly archivedAt: string | null;
}

export function administersInstallation(grants: readonly RoleGrant[]): boolean {
  return roleInInstallation(grants) === 'admin';
}

/** Projects in which they administer something; archived ones take no new roles. */
export function placesToGive<P extends Named>(grants: readonly RoleGrant[], projects: readonly P[]): readonly P[] {
  return projects.filter(({ key, archivedAt }) => archivedAt === null && administersSomeOf(grants, key));
}

/** Environments of a project that they administer, and whether they administer it as a whole. */
export function environmentsToGive<E extends Named>(
  grants: readonly RoleGrant[],
  project: string,
  environments: readonly E[],
): { readonly whole: boolean; readonly environments: readonly E[] } {
  return {
    whole: roleInProject(grants, project) === 'admin',
    environments: environments.filter(
      ({ key, archivedAt }) => archivedAt === null && roleInEnvironment(grants, project, key) === 'admin',
    ),
  };
}

function administersSomeOf(grants: readonly RoleGrant[], project: string): boolean {
  return (
    roleInProject(grants, project) === 'admin' ||
    grants.some((grant) => grant.project === project && grant.role === 'admin')
  );
}
