/** People and invitations, as those see them who administer something. */
import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query';
import { answer, api } from '../client.ts';
import type { InvitationCreate, PersonEdit } from '../openapi.d.ts';
import { problemOf } from '../problem.ts';
import { keys } from './keys.ts';
import { pageOf, readAll } from './paging.ts';

export const peopleQuery = queryOptions({
  queryKey: keys.people,
  queryFn: ({ signal }) =>
    readAll((cursor) => answer(api.GET('/api/v1/people', { params: { query: pageOf(cursor, 500) }, signal }))),
});

/** One person, with the ETag that an edit is made on. */
export function personQuery(person: string) {
  return queryOptions({
    queryKey: keys.person(person),
    queryFn: async ({ signal }) => {
      const { data, error, response } = await api.GET('/api/v1/people/{person}', {
        params: { path: { person } },
        signal,
      });
      if (data === undefined) throw problemOf(response.status, error);
      return { person: data, etag: response.headers.get('etag') ?? '' };
    },
    // Whoever edits has to begin with what is there now.
    staleTime: 0,
  });
}

/** @throws {ApiProblem} `precondition_failed` when somebody else was faster, `last_admin`. */
export function useEditPerson(person: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ etag, body }: { readonly etag: string; readonly body: PersonEdit }) =>
      answer(
        api.PATCH('/api/v1/people/{person}', { params: { path: { person }, header: { 'If-Match': etag } }, body }),
      ),
    onSuccess: (_, { body }) => {
      if (body.revokeTokens === true) void client.invalidateQueries({ queryKey: keys.tokens });
      return client.invalidateQueries({ queryKey: keys.people });
    },
  });
}

/** A link with which a person chooses a new password; shown this once. */
export function useCreateResetLink(person: string) {
  return useMutation({
    mutationFn: () => answer(api.POST('/api/v1/people/{person}/reset', { params: { path: { person } } })),
  });
}

/** All invitations that one may see, used and revoked ones too. */
export const invitationsQuery = queryOptions({
  queryKey: keys.invitations,
  queryFn: ({ signal }) =>
    readAll((cursor) => answer(api.GET('/api/v1/invitations', { params: { query: pageOf(cursor, 500) }, signal }))),
});

/** Answers the link once; it is not kept anywhere. */
export function useInvite() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: InvitationCreate) => answer(api.POST('/api/v1/invitations', { body })),
    onSuccess: () => client.invalidateQueries({ queryKey: keys.invitations }),
  });
}

export function useRevokeInvitation() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (invitation: string) =>
      answer(api.POST('/api/v1/invitations/{invitation}/revoke', { params: { path: { invitation } } })),
    onSuccess: () => client.invalidateQueries({ queryKey: keys.invitations }),
  });
}
