/** Who follows an environment, and how far a change has come. */
import { queryOptions } from '@tanstack/react-query';
import { answer, api } from '../client.ts';
import { keys } from './keys.ts';

export function fleetQuery(project: string, environment: string) {
  return queryOptions({
    queryKey: [...keys.fleet(project), environment],
    queryFn: ({ signal }) =>
      answer(
        api.GET('/api/v1/projects/{project}/environments/{environment}/fleet', {
          params: { path: { project, environment } },
          signal,
        }),
      ),
  });
}

export function deliveryQuery(project: string, change: string) {
  return queryOptions({
    queryKey: [...keys.change(project, change), 'delivery'],
    queryFn: ({ signal }) =>
      answer(
        api.GET('/api/v1/projects/{project}/changes/{change}/delivery', {
          params: { path: { project, change } },
          signal,
        }),
      ),
  });
}
