/** What has to hold before a page is shown. */
import type { QueryClient } from '@tanstack/react-query';
import { notFound, redirect } from '@tanstack/react-router';
import { ApiProblem } from '../api/problem.ts';
import { projectQuery, projectsQuery } from '../api/queries/projects.ts';
import { sessionQuery } from '../api/queries/session.ts';
import { lastProject } from './last-project.ts';

interface Going {
  readonly context: { readonly client: QueryClient };
  readonly location: { readonly href: string };
}

/** @throws A redirect to the sign-in page that leads back here. */
export async function requireSession({ context, location }: Going): Promise<void> {
  try {
    await context.client.ensureQueryData(sessionQuery);
  } catch (error) {
    if (error instanceof ApiProblem && error.status === 401)
      throw redirect({ to: '/sign-in', search: { to: location.href } });
    throw error;
  }
}

/** @throws A redirect to the project of the last visit, else the first one, else the list. */
export async function goToProject(going: Going): Promise<never> {
  await requireSession(going);
  const projects = (await going.context.client.ensureQueryData(projectsQuery)).filter(
    ({ archivedAt }) => archivedAt === null,
  );
  const project = projects.find(({ key }) => key === lastProject()) ?? projects[0];
  if (project === undefined) throw redirect({ to: '/projects' });
  throw redirect({ to: '/projects/$project/flags', params: { project: project.key } });
}

/** @throws `notFound` for a project that is not there or that one may not see. */
export async function loadProject(client: QueryClient, project: string): Promise<void> {
  try {
    await client.ensureQueryData(projectQuery(project));
  } catch (error) {
    if (error instanceof ApiProblem && error.status === 404) throw notFound();
    throw error;
  }
}
