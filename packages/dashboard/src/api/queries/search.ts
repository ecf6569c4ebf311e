/** Finding things by a part of their key or name. */
import { queryOptions } from '@tanstack/react-query';
import { answer, api } from '../client.ts';
import { keys } from './keys.ts';

/** The 20 best of everything that one sees, those of `project` only where it is given. */
export function searchQuery(q: string, project: string | null) {
  return queryOptions({
    queryKey: [...keys.search, project, q],
    queryFn: ({ signal }) =>
      answer(api.GET('/api/v1/search', { params: { query: { q, ...(project === null ? {} : { project }) } }, signal })),
    staleTime: 10_000,
  });
}
