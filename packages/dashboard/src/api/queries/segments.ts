/** Segments of an environment. */
import { infiniteQueryOptions, queryOptions, useMutation, useQueryClient } from '@tanstack/react-query';
import { answer, api, ifMatch, reasonHeader } from '../client.ts';
import type { paths, SegmentCreate, SegmentEdit } from '../openapi.d.ts';
import { published } from '../tried.ts';
import { keys } from './keys.ts';
import { pageOf, paging } from './paging.ts';

const LIST = '/api/v1/projects/{project}/environments/{environment}/segments';
const ONE = '/api/v1/projects/{project}/environments/{environment}/segments/{segment}';

export type SegmentFilter = Omit<NonNullable<paths[typeof LIST]['get']['parameters']['query']>, 'limit' | 'cursor'>;

export function segmentsQuery(project: string, environment: string, filter: SegmentFilter = {}) {
  return infiniteQueryOptions({
    queryKey: [...keys.segments(project, environment), filter],
    queryFn: ({ pageParam, signal }) =>
      answer(
        api.GET(LIST, {
          params: { path: { project, environment }, query: { ...filter, ...pageOf(pageParam) } },
          signal,
        }),
      ),
    ...paging,
  });
}

export function segmentQuery(project: string, environment: string, segment: string) {
  return queryOptions({
    queryKey: [...keys.segment(project, segment), environment],
    queryFn: ({ signal }) => answer(api.GET(ONE, { params: { path: { project, environment, segment } }, signal })),
  });
}

export function useCreateSegment(project: string, environment: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ reason, ...body }: SegmentCreate & { readonly reason?: string }) =>
      answer(api.POST(LIST, { params: { path: { project, environment }, header: reasonHeader(reason) }, body })).then(
        published,
      ),
    onSuccess: () => client.invalidateQueries({ queryKey: keys.segments(project) }),
  });
}

export function useEditSegment(project: string, environment: string, segment: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({
      revision,
      reason,
      body,
    }: {
      readonly revision: number;
      readonly reason?: string;
      readonly body: SegmentEdit;
    }) =>
      answer(
        api.PATCH(ONE, {
          params: {
            path: { project, environment, segment },
            header: { ...ifMatch(revision), ...reasonHeader(reason) },
          },
          body,
        }),
      ).then(published),
    onSuccess: async (found) => {
      client.setQueryData(segmentQuery(project, environment, segment).queryKey, found);
      await client.invalidateQueries({ queryKey: keys.segments(project) });
    },
  });
}

export function useArchiveSegment(project: string, environment: string, segment: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ revision, reason }: { readonly revision: number; readonly reason?: string }) =>
      answer(
        api.POST(`${ONE}/archive`, {
          params: {
            path: { project, environment, segment },
            header: { ...ifMatch(revision), ...reasonHeader(reason) },
          },
        }),
      ).then(published),
    onSuccess: () =>
      Promise.all([
        client.invalidateQueries({ queryKey: keys.segments(project) }),
        client.invalidateQueries({ queryKey: keys.segment(project, segment) }),
      ]),
  });
}

/** Which flags and segments of the environment refer to it. */
export function segmentUsageQuery(project: string, environment: string, segment: string) {
  return queryOptions({
    queryKey: [...keys.segment(project, segment), environment, 'usage'],
    queryFn: ({ signal }) =>
      answer(api.GET(`${ONE}/usage`, { params: { path: { project, environment, segment } }, signal })),
    staleTime: 0,
  });
}
