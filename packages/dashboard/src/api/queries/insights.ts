/** What was evaluated. */
import { queryOptions } from '@tanstack/react-query';
import { answer, api } from '../client.ts';
import type { paths } from '../openapi.d.ts';
import { keys } from './keys.ts';

const COUNTS = '/api/v1/projects/{project}/environments/{environment}/evaluations';

export type CountsFilter = NonNullable<paths[typeof COUNTS]['get']['parameters']['query']>;

/** Evaluations by minute. */
export function evaluationsQuery(project: string, environment: string, filter: CountsFilter = {}) {
  return queryOptions({
    queryKey: [...keys.insights(project), 'counts', environment, filter],
    queryFn: ({ signal }) =>
      answer(api.GET(COUNTS, { params: { path: { project, environment }, query: filter }, signal })),
  });
}

const SERIES = '/api/v1/projects/{project}/environments/{environment}/evaluations/series';

export type SeriesFilter = NonNullable<paths[typeof SERIES]['get']['parameters']['query']>;

/** Evaluations over time: of one flag by variant, or by flag. */
export function seriesQuery(project: string, environment: string, filter: SeriesFilter = {}) {
  return queryOptions({
    queryKey: [...keys.insights(project), 'series', environment, filter],
    queryFn: ({ signal }) =>
      answer(api.GET(SERIES, { params: { path: { project, environment }, query: filter }, signal })),
  });
}

/** When a flag was last evaluated in each environment, and how often today. */
export function activityQuery(project: string, flag: string) {
  return queryOptions({
    queryKey: [...keys.insights(project), 'activity', flag],
    queryFn: ({ signal }) =>
      answer(
        api.GET('/api/v1/projects/{project}/flags/{flag}/activity', { params: { path: { project, flag } }, signal }),
      ),
  });
}
