/** What is tried on canary edges before it is published. */
import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query';
import { answer, api } from '../client.ts';
import { keys } from './keys.ts';

const ONE = '/api/v1/projects/{project}/environments/{environment}/candidate';

/** That of a change, whatever became of it. */
export function candidateQuery(project: string, environment: string, change: string) {
  return queryOptions({
    queryKey: [...keys.candidate(project, environment), change],
    queryFn: ({ signal }) =>
      answer(api.GET(ONE, { params: { path: { project, environment }, query: { change } }, signal })),
    retry: false,
  });
}

export function useDecideCandidate(project: string, environment: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: async ({
      decision,
      change,
    }: {
      readonly decision: 'promote' | 'withdraw';
      readonly change: string;
    }) => {
      const asked = { params: { path: { project, environment } }, body: { change } };
      await (decision === 'promote'
        ? answer(api.POST(`${ONE}/promote`, asked))
        : answer(api.POST(`${ONE}/withdraw`, asked)));
    },
    onSettled: () => client.invalidateQueries({ queryKey: keys.project(project) }),
  });
}
