/** Who is signed in, and what this process is doing. */
import { type QueryClient, queryOptions, useMutation, useQueryClient } from '@tanstack/react-query';
import { answer, api, keepCsrf, type Session } from '../client.ts';
import { keys } from './keys.ts';

/** @throws {ApiProblem} `unauthenticated` when nobody is signed in. */
export const sessionQuery = queryOptions({
  queryKey: keys.session,
  queryFn: async ({ signal }): Promise<Session> => {
    const session = await answer(api.GET('/api/v1/session', { signal }));
    keepCsrf(session);
    return session;
  },
  staleTime: 5 * 60_000,
});

/** Takes a Session that a route answered with (signing in, a new password): everything that was read before is forgotten. */
export function adoptSession(client: QueryClient, session: Session): void {
  keepCsrf(session);
  client.clear();
  client.setQueryData(sessionQuery.queryKey, session);
}

/** Ends the session and forgets what was read. */
export function useSignOut() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: () => answer(api.POST('/api/v1/session/end', {})),
    onSuccess: () => {
      keepCsrf(null);
      client.clear();
    },
  });
}

export const statusQuery = queryOptions({
  queryKey: keys.status,
  queryFn: ({ signal }) => answer(api.GET('/api/v1/status', { signal })),
});
