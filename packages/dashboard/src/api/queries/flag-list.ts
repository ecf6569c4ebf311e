/** The list of flags and what is counted over it. Single flags in it are replaced where they changed, so that it need not be read anew. */
import {
  hashKey,
  infiniteQueryOptions,
  type QueryClient,
  queryOptions,
  useMutation,
  useQueryClient,
} from '@tanstack/react-query';
import { answer, api } from '../client.ts';
import type { paths, SavedFilterCreate } from '../openapi.d.ts';
import { keys } from './keys.ts';
import { WHOLE_LIST } from './whole-list.ts';
import { pageOf, paging } from './paging.ts';

const LIST = '/api/v1/projects/{project}/flags';

export type FlagListFilter = Omit<NonNullable<paths[typeof LIST]['get']['parameters']['query']>, 'limit' | 'cursor'>;

/** Enough for any screen at once; what follows comes in few requests. */
const FIRST_PAGE = 100;
const NEXT_PAGE = 500;

/** Always read anew when it is shown; while it is shown, whoever shows it follows the changes. */
export function flagListQuery(project: string, filter: FlagListFilter) {
  return infiniteQueryOptions({
    queryKey: [...keys.flagList(project), filter],
    queryFn: ({ pageParam, signal }) => {
      const page = pageOf(pageParam, pageParam === null ? FIRST_PAGE : NEXT_PAGE);
      return answer(api.GET(LIST, { params: { path: { project }, query: { ...filter, ...page } }, signal }));
    },
    ...paging,
    staleTime: 0,
    // What was asked for ahead comes with the page: asking again at once would answer the same.
    refetchOnMount: ({ queryHash }) => queryHash !== begun,
    refetchOnWindowFocus: false,
  });
}

const SHOWN_WITHIN_MS = 2_000;
let begun: string | null = null;

/** Asks for the first page of the whole list, which is about to be shown. */
export function beginFlagList(client: QueryClient, project: string): void {
  const query = flagListQuery(project, WHOLE_LIST);
  begun = hashKey(query.queryKey);
  void client.prefetchInfiniteQuery(query).then(() => setTimeout(() => (begun = null), SHOWN_WITHIN_MS));
}

/** The tags, owners and types that the active flags of a project have, the most frequent first. */
export function facetsQuery(project: string) {
  return queryOptions({
    queryKey: [...keys.flags(project), 'facets'],
    queryFn: ({ signal }) =>
      answer(api.GET('/api/v1/projects/{project}/flag-facets', { params: { path: { project } }, signal })),
  });
}

/** The filters that the person who is signed in keeps, by name. */
export function savedFiltersQuery(project: string) {
  return queryOptions({
    queryKey: keys.savedFilters(project),
    queryFn: ({ signal }) => answer(api.GET('/api/v1/me/filters', { params: { query: { project } }, signal })),
  });
}

export function useSaveFilter(project: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: Omit<SavedFilterCreate, 'project'>) =>
      answer(api.POST('/api/v1/me/filters', { body: { ...body, project } })),
    onSuccess: () => client.invalidateQueries({ queryKey: keys.savedFilters(project) }),
  });
}

export function useRemoveFilter(project: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (filter: string) =>
      answer(api.POST('/api/v1/me/filters/{filter}/remove', { params: { path: { filter } } })),
    onSuccess: () => client.invalidateQueries({ queryKey: keys.savedFilters(project) }),
  });
}
