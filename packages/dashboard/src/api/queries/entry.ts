/** How people get in: signing in, the setup link, invitations, password resets. What answers a Session is handed to `adoptSession`. */
import { queryOptions } from '@tanstack/react-query';
import { answer, api, type Session } from '../client.ts';
import type { InvitationOffer, SignIn } from '../openapi.d.ts';
import { keys } from './keys.ts';

/** What the sign-in page offers at the address it was opened at. */
export const signInOptionsQuery = queryOptions({
  queryKey: keys.signInOptions,
  queryFn: ({ signal }) => answer(api.GET('/api/v1/sign-in', { signal })),
});

/** The first step. @throws {ApiProblem} `sign_in_failed`, `too_many_attempts`, `insecure_origin`. */
export function signIn(body: { readonly email: string; readonly password: string }): Promise<SignIn> {
  return answer(api.POST('/api/v1/session', { body }));
}

/** The second step, for whom the first one answered `code needed`. */
export function sendCode(code: string): Promise<SignIn> {
  return answer(api.POST('/api/v1/session/code', { body: { code } }));
}

/** Makes the first account, or with a recovery link another admin. */
export function setUpAccount(body: {
  readonly setup: string;
  readonly email: string;
  readonly name: string;
  readonly password: string;
}): Promise<Session> {
  return answer(api.POST('/api/v1/setup/account', { body }));
}

/** Whom an invitation is for and what it gives. The secret goes in the body: it stands in no log. */
export function invitationQuery(secret: string) {
  return queryOptions({
    queryKey: [...keys.signInOptions, 'invitation', secret],
    queryFn: ({ signal }): Promise<InvitationOffer> =>
      answer(api.POST('/api/v1/invitations/read', { body: { secret }, signal })),
    // Looking is an attempt that counts: once is enough.
    staleTime: Number.POSITIVE_INFINITY,
    retry: false,
  });
}

export function acceptInvitation(body: {
  readonly secret: string;
  readonly name: string;
  readonly password: string;
}): Promise<SignIn> {
  return answer(api.POST('/api/v1/invitations/accept', { body }));
}

export function resetPassword(body: { readonly secret: string; readonly password: string }): Promise<SignIn> {
  return answer(api.POST('/api/v1/password/reset', { body }));
}

/** Where a sign-in with a connection begins; the browser goes there. */
export function connectionStart(connection: string, to: string): string {
  return `/api/v1/sign-in/${encodeURIComponent(connection)}/start?to=${encodeURIComponent(to)}`;
}
