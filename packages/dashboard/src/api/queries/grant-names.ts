/** Names of the projects and environments that grants mention. */
import { useQueries, useQuery } from '@tanstack/react-query';
import type { GrantNames } from '../grant-words.ts';
import type { Grant } from '../openapi.d.ts';
import { environmentsQuery, projectsQuery } from './projects.ts';

/** What is not read yet, or may not be seen, is called by its key. */
export function useGrantNames(grants: readonly Grant[]): GrantNames {
  const projects = useQuery(projectsQuery).data ?? [];
  const mentioned = [
    ...new Set(
      grants.flatMap(({ project, environment }) => (project === null || environment === null ? [] : [project])),
    ),
  ];
  const seen = mentioned.filter((key) => projects.some((project) => project.key === key));
  const environments = useQueries({ queries: seen.map((project) => environmentsQuery(project)) });
  return {
    project: (key) => projects.find((project) => project.key === key)?.name,
    environment: (project, key) =>
      environments[seen.indexOf(project)]?.data?.find((environment) => environment.key === key)?.name,
  };
}
