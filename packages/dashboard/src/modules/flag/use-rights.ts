import { useQuery } from '@tanstack/react-query';
import { sessionQuery } from '../../api/queries/session.ts';
import { isAtLeast, roleInEnvironment, roleInProject } from '../../api/rights.ts';

export interface FlagRights {
  /** Describe the flag and add variants, which is about all environments. */
  readonly mayDescribe: boolean;
  readonly mayEdit: (environment: string) => boolean;
}

/** Before the session is read, nothing. */
export function useFlagRights(project: string): FlagRights {
  const { data } = useQuery(sessionQuery);
  const grants = data?.grants ?? [];
  return {
    mayDescribe: isAtLeast(roleInProject(grants, project), 'editor'),
    mayEdit: (environment) => isAtLeast(roleInEnvironment(grants, project, environment), 'editor'),
  };
}
