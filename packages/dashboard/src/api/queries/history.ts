/** What was changed, by whom, and making changes of several parts at once. */
import { infiniteQueryOptions, queryOptions, useMutation, useQueryClient } from '@tanstack/react-query';
import { answer, api, reasonHeader } from '../client.ts';
import type { ChangeCreate, paths, Revert } from '../openapi.d.ts';
import { keys } from './keys.ts';
import { pageOf, paging } from './paging.ts';

export type ChangeFilter = Omit<
  NonNullable<paths['/api/v1/projects/{project}/changes']['get']['parameters']['query']>,
  'limit' | 'cursor'
>;

/** Newest first, 50 a page. */
export function changesQuery(project: string, filter: ChangeFilter = {}) {
  return infiniteQueryOptions({
    queryKey: [...keys.changes(project), filter],
    queryFn: ({ pageParam, signal }) =>
      answer(
        api.GET('/api/v1/projects/{project}/changes', {
          params: { path: { project }, query: { ...filter, ...pageOf(pageParam, 50) } },
          signal,
        }),
      ),
    ...paging,
  });
}

export function changeQuery(project: string, change: string) {
  return queryOptions({
    queryKey: keys.change(project, change),
    queryFn: ({ signal }) =>
      answer(api.GET('/api/v1/projects/{project}/changes/{change}', { params: { path: { project, change } }, signal })),
    staleTime: Number.POSITIVE_INFINITY,
  });
}

/** Several edits as one change: all of them or none. */
export function useCreateChange(project: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ body, reason }: { readonly body: ChangeCreate; readonly reason?: string }) =>
      answer(
        api.POST('/api/v1/projects/{project}/changes', {
          params: { path: { project }, header: reasonHeader(reason) },
          body,
        }),
      ),
    onSuccess: () => client.invalidateQueries({ queryKey: keys.project(project) }),
  });
}

/** What a change did to each flag and segment, before and after. */
export function changeEditsQuery(project: string, change: string) {
  return queryOptions({
    queryKey: [...keys.change(project, change), 'edits'],
    queryFn: ({ signal }) =>
      answer(
        api.GET('/api/v1/projects/{project}/changes/{change}/edits', { params: { path: { project, change } }, signal }),
      ),
  });
}

/** Puts back what a change did, or a part of it, as a new change. */
export function useRevertChange(project: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({
      change,
      reason,
      edits,
    }: {
      readonly change: string;
      readonly reason?: string;
      readonly edits?: Revert['edits'];
    }) =>
      answer(
        api.POST('/api/v1/projects/{project}/changes/{change}/revert', {
          params: { path: { project, change }, header: reasonHeader(reason) },
          body: edits === undefined ? {} : { edits },
        }),
      ),
    onSuccess: () => client.invalidateQueries({ queryKey: keys.project(project) }),
  });
}
