/** What the person who is signed in may do. */
import { useQuery } from '@tanstack/react-query';
import { type Role, type RoleGrant, roleInEnvironment, roleInInstallation, roleInProject } from '../rights.ts';
import { sessionQuery } from './session.ts';

export interface MyRights {
  readonly inInstallation: Role | null;
  readonly inProject: (project: string) => Role | null;
  readonly inEnvironment: (project: string, environment: string) => Role | null;
  readonly grants: readonly RoleGrant[];
}

const NONE: readonly RoleGrant[] = [];

export function useMyRights(): MyRights {
  const grants: readonly RoleGrant[] = useQuery(sessionQuery).data?.grants ?? NONE;
  return {
    grants,
    inInstallation: roleInInstallation(grants),
    inProject: (project) => roleInProject(grants, project),
    inEnvironment: (project, environment) => roleInEnvironment(grants, project, environment),
  };
}
