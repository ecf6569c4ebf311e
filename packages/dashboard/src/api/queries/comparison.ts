/** How two environments differ, and promoting from one to the other. */
import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query';
import { answer, api, reasonHeader } from '../client.ts';
import type { ChangeCreate, SegmentCreate } from '../openapi.d.ts';
import { keys } from './keys.ts';

export function comparisonQuery(project: string, from: string, to: string) {
  return queryOptions({
    queryKey: [...keys.flags(project), 'comparison', from, to],
    queryFn: ({ signal }) =>
      answer(
        api.GET('/api/v1/projects/{project}/comparison', {
          params: { path: { project }, query: { from, to } },
          signal,
        }),
      ),
  });
}

export interface PromotionWrite {
  readonly to: string;
  readonly creations: readonly SegmentCreate[];
  readonly edits: ChangeCreate['edits'];
  readonly reason: string;
}

/** Makes the segments that are missing, then all edits as one change; null when there was nothing to edit. */
export function usePromote(project: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: async ({ to, creations, edits, reason }: PromotionWrite) => {
      const header = reasonHeader(reason);
      for (const body of creations)
        await answer(
          api.POST('/api/v1/projects/{project}/environments/{environment}/segments', {
            params: { path: { project, environment: to }, header },
            body,
          }),
        );
      if (edits.length === 0) return null;
      return answer(
        api.POST('/api/v1/projects/{project}/changes', { params: { path: { project }, header }, body: { edits } }),
      );
    },
    // Segments that were made stay, whatever becomes of the edits.
    onSettled: () => client.invalidateQueries({ queryKey: keys.project(project) }),
  });
}
