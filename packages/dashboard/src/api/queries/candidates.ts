/** What is tried on canary edges before it is published. */
import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query';
import { answer, api } from '../client.ts';
import { keys } from './keys.ts';

const ONE = '/api/v1/projects/{project}/environments/{environment}/candidate';

/** The newest of an environment, whatever became of it. */
export function candidateQuery(project: string, environment: string) {
  return queryOptions({
    queryKey: keys.candidate(project, environment),
    queryFn: ({ signal }) => answer(api.GET(ONE, { params: { path: { project, environment } }, signal })),
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
