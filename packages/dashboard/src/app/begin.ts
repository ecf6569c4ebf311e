/**
 * The page that the program begins with: what nearly every page of a project reads is asked for at once, not after the session is
 * known and the page is loaded. Whoever has no session is told so by each answer; the router leads them to sign in.
 */
import type { QueryClient } from '@tanstack/react-query';
import { beginFlagList } from '../api/queries/flag-list.ts';
import { configurationQuery, flagQuery } from '../api/queries/flags.ts';
import { environmentsQuery, projectQuery, projectsQuery } from '../api/queries/projects.ts';
import { sessionQuery } from '../api/queries/session.ts';
import { placeOf } from './place.ts';

/** @param address Where the program was opened. */
export function beginPage(client: QueryClient, address: Pick<Location, 'pathname' | 'search'>): void {
  const place = placeOf(address);
  if (place === 'alone') return;
  void client.prefetchQuery(sessionQuery);
  if (place === null) {
    void client.prefetchQuery(projectsQuery);
    return;
  }
  const { project, flag, environment, isWholeList } = place;
  void client.prefetchQuery(projectQuery(project));
  void client.prefetchQuery(environmentsQuery(project));
  if (isWholeList) beginFlagList(client, project);
  if (flag === null) return;
  void client.prefetchQuery(flagQuery(project, flag));
  if (environment !== null) void client.prefetchQuery(configurationQuery(project, flag, environment));
}
