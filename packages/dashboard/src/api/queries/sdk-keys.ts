/** What SDKs and edges present. */
import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query';
import { answer, api } from '../client.ts';
import type { SdkKeyCreate } from '../openapi.d.ts';
import { keys } from './keys.ts';
import { pageOf, readAll } from './paging.ts';

/** All keys of a project, or of one environment, revoked ones too. */
export function sdkKeysQuery(project: string, environment?: string) {
  return queryOptions({
    queryKey: [...keys.sdkKeys(project), environment ?? null],
    queryFn: ({ signal }) =>
      readAll((cursor) =>
        answer(
          api.GET('/api/v1/projects/{project}/keys', {
            params: {
              path: { project },
              query: { ...pageOf(cursor, 500), ...(environment === undefined ? {} : { environment }) },
            },
            signal,
          }),
        ),
      ),
  });
}

/** Answers the secret once; it is not kept anywhere. */
export function useCreateSdkKey(project: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: SdkKeyCreate) =>
      answer(api.POST('/api/v1/projects/{project}/keys', { params: { path: { project } }, body })),
    onSuccess: () => client.invalidateQueries({ queryKey: keys.sdkKeys(project) }),
  });
}

export function useRevokeSdkKey(project: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (key: string) =>
      answer(api.POST('/api/v1/projects/{project}/keys/{key}/revoke', { params: { path: { project, key } } })),
    onSuccess: () => client.invalidateQueries({ queryKey: keys.sdkKeys(project) }),
  });
}
