/**
 * The page that the program begins with: what nearly every page of a project reads is asked for at once, not after the session is
 * known and the page is loaded. Whoever has no session is told so by each answer; the router leads them to sign in.
 */
import type { QueryClient } from '@tanstack/react-query';
import { beginFlagList } from '../api/queries/flag-list.ts';
import { configurationQuery, flagQuery } from '../api/queries/flags.ts';
import { environmentsQuery, projectQuery, projectsQuery } from '../api/queries/projects.ts';
import { sessionQuery } from '../api/queries/session.ts';

const PLACE = /^\/projects\/([^/]+)(?:\/flags(?:\/([^/]+))?)?/;
const STANDS_ALONE = /^\/(?:sign-in|setup|invitation|password-reset)(?:\/|$)/;

/** @param address Where the program was opened. */
export function beginPage(client: QueryClient, { pathname, search }: Pick<Location, 'pathname' | 'search'>): void {
  if (STANDS_ALONE.test(pathname)) return;
  void client.prefetchQuery(sessionQuery);
  void client.prefetchQuery(projectsQuery);
  const [project, flag] = (PLACE.exec(pathname) ?? []).slice(1).map(decoded);
  if (project === undefined) return;
  void client.prefetchQuery(projectQuery(project));
  void client.prefetchQuery(environmentsQuery(project));
  const asked = new URLSearchParams(search);
  const environment = asked.get('env');
  if (flag === undefined) {
    // What narrows the list is for the page to understand.
    if (/\/flags\/?$/.test(pathname) && [...asked.keys()].every((member) => member === 'env'))
      beginFlagList(client, project);
  } else if (flag !== 'new') {
    void client.prefetchQuery(flagQuery(project, flag));
    if (environment !== null) void client.prefetchQuery(configurationQuery(project, flag, environment));
  }
}

/** A path that does not decode names nothing; the router says so. */
function decoded(part: string | undefined): string | undefined {
  try {
    return part === undefined ? undefined : decodeURIComponent(part);
  } catch {
    return undefined;
  }
}
