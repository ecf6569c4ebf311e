/** What scripts present to the management API. */
import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query';
import { answer, api } from '../client.ts';
import type { TokenCreate } from '../openapi.d.ts';
import { keys } from './keys.ts';
import { pageOf, readAll } from './paging.ts';

/** All tokens of the installation, revoked ones too; for its admins. */
export const tokensQuery = queryOptions({
  queryKey: keys.tokens,
  queryFn: ({ signal }) =>
    readAll((cursor) => answer(api.GET('/api/v1/tokens', { params: { query: pageOf(cursor, 500) }, signal }))),
});

/** Those that a person made, and that were made with these, as long as they work; for admins of the installation. */
export function livingTokensQuery(person: string) {
  const maker = `person:${person}`;
  return queryOptions({
    queryKey: [...keys.tokens, maker],
    queryFn: async ({ signal }) => {
      const made = await readAll((cursor) =>
        answer(api.GET('/api/v1/tokens', { params: { query: { ...pageOf(cursor, 500), maker } }, signal })),
      );
      const now = Date.now();
      return made.filter(
        ({ revokedAt, expiresAt }) => revokedAt === null && (expiresAt === null || Date.parse(expiresAt) > now),
      );
    },
  });
}

/** Answers the secret once; it is not kept anywhere. */
export function useCreateToken() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: TokenCreate) => answer(api.POST('/api/v1/tokens', { body })),
    onSuccess: () => client.invalidateQueries({ queryKey: keys.tokens }),
  });
}

export function useRevokeToken() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (token: string) => answer(api.POST('/api/v1/tokens/{token}/revoke', { params: { path: { token } } })),
    onSuccess: () => client.invalidateQueries({ queryKey: keys.tokens }),
  });
}
