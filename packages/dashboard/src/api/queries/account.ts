/** What people do to their own account. */
import { type QueryClient, queryOptions, useMutation, useQueryClient } from '@tanstack/react-query';
import { answer, api, keepCsrf, type Session } from '../client.ts';
import type { TotpBegun } from '../openapi.d.ts';
import { keys } from './keys.ts';
import { sessionQuery } from './session.ts';

/** Takes the Session that a change of one's own account answered: one is the same person, so what was read stays. */
export function renewSession(client: QueryClient, session: Session): void {
  keepCsrf(session);
  client.setQueryData(sessionQuery.queryKey, session);
  void client.invalidateQueries({ queryKey: keys.mySessions });
}

export const mySessionsQuery = queryOptions({
  queryKey: keys.mySessions,
  // They are few by nature: one page has them all.
  queryFn: async ({ signal }) => (await answer(api.GET('/api/v1/me/sessions', { signal }))).items,
});

export function useRevokeSessions() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: async (sessions: readonly string[]) => {
      for (const session of sessions)
        await answer(api.POST('/api/v1/me/sessions/{session}/revoke', { params: { path: { session } } }));
    },
    // Some may have ended before one failed.
    onSettled: () => client.invalidateQueries({ queryKey: keys.mySessions }),
  });
}

export function useRenameMe() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (name: string) => answer(api.PATCH('/api/v1/me', { body: { name } })),
    onSuccess: async ({ name }) => {
      client.setQueryData(
        sessionQuery.queryKey,
        (session) => session && { ...session, person: { ...session.person, name } },
      );
      await client.invalidateQueries({ queryKey: keys.people });
    },
  });
}

/** @throws {ApiProblem} `password_wrong`, `too_many_attempts`. */
export function changePassword(body: { readonly current: string; readonly password: string }): Promise<Session> {
  return answer(api.POST('/api/v1/me/password', { body }));
}

/** A new secret and recovery codes, which count once a code has confirmed them. @throws {ApiProblem} `password_wrong`. */
export function beginTotp(password: string): Promise<TotpBegun> {
  return answer(api.POST('/api/v1/me/totp', { body: { password } }));
}

/** @throws {ApiProblem} `code_wrong`. */
export function confirmTotp(code: string): Promise<Session> {
  return answer(api.POST('/api/v1/me/totp/confirm', { body: { code } }));
}

/** @throws {ApiProblem} `password_wrong`. */
export function removeTotp(password: string): Promise<Session> {
  return answer(api.POST('/api/v1/me/totp/remove', { body: { password } }));
}
