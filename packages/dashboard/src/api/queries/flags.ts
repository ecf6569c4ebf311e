/** Flags, and their configurations in the environments. */
import { infiniteQueryOptions, queryOptions, useMutation, useQueryClient } from '@tanstack/react-query';
import { answer, api, ifMatch, reasonHeader } from '../client.ts';
import type { Evaluate, FlagConfigurationEdit, FlagCreate, FlagEdit, paths } from '../openapi.d.ts';
import { published } from '../tried.ts';
import { keys } from './keys.ts';
import { pageOf, paging } from './paging.ts';

/** What a list of flags can be narrowed by; members as the route takes them. */
export type FlagFilter = Omit<
  NonNullable<paths['/api/v1/projects/{project}/flags']['get']['parameters']['query']>,
  'limit' | 'cursor'
>;

/** A list of flags, 100 a page. */
export function flagsQuery(project: string, filter: FlagFilter = {}) {
  return infiniteQueryOptions({
    queryKey: [...keys.flags(project), 'list', filter],
    queryFn: ({ pageParam, signal }) =>
      answer(
        api.GET('/api/v1/projects/{project}/flags', {
          params: { path: { project }, query: { ...filter, ...pageOf(pageParam) } },
          signal,
        }),
      ),
    ...paging,
  });
}

export function flagQuery(project: string, flag: string) {
  return queryOptions({
    queryKey: keys.flag(project, flag),
    queryFn: ({ signal }) =>
      answer(api.GET('/api/v1/projects/{project}/flags/{flag}', { params: { path: { project, flag } }, signal })),
  });
}

export function configurationQuery(project: string, flag: string, environment: string) {
  return queryOptions({
    queryKey: keys.configuration(project, flag, environment),
    queryFn: ({ signal }) =>
      answer(
        api.GET('/api/v1/projects/{project}/environments/{environment}/flags/{flag}', {
          params: { path: { project, environment, flag } },
          signal,
        }),
      ),
  });
}

export function useCreateFlag(project: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ reason, ...body }: FlagCreate & { readonly reason?: string }) =>
      answer(
        api.POST('/api/v1/projects/{project}/flags', {
          params: { path: { project }, header: reasonHeader(reason) },
          body,
        }),
      ),
    onSuccess: () => client.invalidateQueries({ queryKey: keys.flags(project) }),
  });
}

export function useEditFlag(project: string, flag: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({
      version,
      reason,
      body,
    }: {
      readonly version: number;
      readonly reason?: string;
      readonly body: FlagEdit;
    }) =>
      answer(
        api.PATCH('/api/v1/projects/{project}/flags/{flag}', {
          params: { path: { project, flag }, header: { ...ifMatch(version), ...reasonHeader(reason) } },
          body,
        }),
      ),
    onSuccess: async (found) => {
      client.setQueryData(flagQuery(project, flag).queryKey, found);
      await client.invalidateQueries({ queryKey: keys.flags(project) });
    },
  });
}

export function useArchiveFlag(project: string, flag: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ version, reason }: { readonly version: number; readonly reason?: string }) =>
      answer(
        api.POST('/api/v1/projects/{project}/flags/{flag}/archive', {
          params: { path: { project, flag }, header: { ...ifMatch(version), ...reasonHeader(reason) } },
        }),
      ),
    onSuccess: () => client.invalidateQueries({ queryKey: keys.project(project) }),
  });
}

/** A write of one flag in one environment; environment and flag come with each call, so one hook serves a whole list. */
export interface ConfigurationWrite {
  readonly flag: string;
  readonly environment: string;
  /** The revision that was read. */
  readonly revision: number;
  readonly reason?: string;
  readonly body: FlagConfigurationEdit;
}

export function useEditConfiguration(project: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ flag, environment, revision, reason, body }: ConfigurationWrite) =>
      answer(
        api.PATCH('/api/v1/projects/{project}/environments/{environment}/flags/{flag}', {
          params: { path: { project, environment, flag }, header: { ...ifMatch(revision), ...reasonHeader(reason) } },
          body,
        }),
      ).then(published),
    onSuccess: async (found, { flag, environment }) => {
      client.setQueryData(configurationQuery(project, flag, environment).queryKey, found);
      await Promise.all([
        client.invalidateQueries({ queryKey: keys.flags(project) }),
        client.invalidateQueries({ queryKey: keys.flag(project, flag) }),
        client.invalidateQueries({ queryKey: keys.changes(project) }),
      ]);
    },
  });
}

/** Asks what a context would get. Nothing is counted. */
export function useEvaluate(project: string, environment: string) {
  return useMutation({
    mutationFn: (body: Evaluate) =>
      answer(
        api.POST('/api/v1/projects/{project}/environments/{environment}/evaluate', {
          params: { path: { project, environment } },
          body,
        }),
      ),
  });
}
