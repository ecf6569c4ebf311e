/** Connections to identity providers, for admins of the installation. */
import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query';
import { answer, api, ifMatch } from '../client.ts';
import type { ConnectionCreate, ConnectionEdit } from '../openapi.d.ts';
import { keys } from './keys.ts';
import { pageOf, readAll } from './paging.ts';

/** All connections, archived ones too. */
export const connectionsQuery = queryOptions({
  queryKey: keys.connections,
  queryFn: ({ signal }) =>
    readAll((cursor) => answer(api.GET('/api/v1/connections', { params: { query: pageOf(cursor, 500) }, signal }))),
});

export function useCreateConnection() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: ConnectionCreate) => answer(api.POST('/api/v1/connections', { body })),
    onSuccess: () => client.invalidateQueries({ queryKey: keys.connections }),
  });
}

/** @throws {ApiProblem} `precondition_failed` when somebody else was faster. */
export function useEditConnection() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({
      connection,
      version,
      body,
    }: {
      readonly connection: string;
      readonly version: number;
      readonly body: ConnectionEdit;
    }) =>
      answer(
        api.PATCH('/api/v1/connections/{connection}', {
          params: { path: { connection }, header: ifMatch(version) },
          body,
        }),
      ),
    onSettled: () => client.invalidateQueries({ queryKey: keys.connections }),
  });
}

export function useArchiveConnection() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ connection, version }: { readonly connection: string; readonly version: number }) =>
      answer(
        api.POST('/api/v1/connections/{connection}/archive', {
          params: { path: { connection }, header: ifMatch(version) },
        }),
      ),
    onSettled: () => client.invalidateQueries({ queryKey: keys.connections }),
  });
}
