/** Projects and their environments. */
import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query';
import { answer, api, ifMatch, reasonHeader } from '../client.ts';
import type { EnvironmentCreate, EnvironmentEdit, ProjectCreate } from '../openapi.d.ts';
import { keys } from './keys.ts';
import { pageOf, readAll } from './paging.ts';

/** All projects that one sees, archived ones too. */
export const projectsQuery = queryOptions({
  queryKey: keys.projects,
  queryFn: ({ signal }) =>
    readAll((cursor) => answer(api.GET('/api/v1/projects', { params: { query: pageOf(cursor, 500) }, signal }))),
});

export function projectQuery(project: string) {
  return queryOptions({
    queryKey: keys.detail(project),
    queryFn: ({ signal }) => answer(api.GET('/api/v1/projects/{project}', { params: { path: { project } }, signal })),
  });
}

/** All environments of a project that one sees, archived ones too. */
export function environmentsQuery(project: string) {
  return queryOptions({
    queryKey: keys.environments(project),
    queryFn: ({ signal }) =>
      readAll((cursor) =>
        answer(
          api.GET('/api/v1/projects/{project}/environments', {
            params: { path: { project }, query: pageOf(cursor, 500) },
            signal,
          }),
        ),
      ),
  });
}

export function useCreateProject() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: ProjectCreate) => answer(api.POST('/api/v1/projects', { body })),
    onSuccess: () => client.invalidateQueries({ queryKey: keys.projects }),
  });
}

export function useRenameProject(project: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ name, version }: { readonly name: string; readonly version: number }) =>
      answer(
        api.PATCH('/api/v1/projects/{project}', {
          params: { path: { project }, header: ifMatch(version) },
          body: { name },
        }),
      ),
    onSuccess: async (found) => {
      client.setQueryData(projectQuery(project).queryKey, found);
      await client.invalidateQueries({ queryKey: keys.projects });
    },
  });
}

export function useArchiveProject(project: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ version, reason }: { readonly version: number; readonly reason?: string }) =>
      answer(
        api.POST('/api/v1/projects/{project}/archive', {
          params: { path: { project }, header: { ...ifMatch(version), ...reasonHeader(reason) } },
        }),
      ),
    onSuccess: () =>
      Promise.all([
        client.invalidateQueries({ queryKey: keys.projects }),
        client.invalidateQueries({ queryKey: keys.project(project) }),
      ]),
  });
}

export function useCreateEnvironment(project: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: EnvironmentCreate) =>
      answer(api.POST('/api/v1/projects/{project}/environments', { params: { path: { project } }, body })),
    onSuccess: () => client.invalidateQueries({ queryKey: keys.project(project) }),
  });
}

export function useEditEnvironment(project: string, environment: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ version, ...body }: EnvironmentEdit & { readonly version: number }) =>
      answer(
        api.PATCH('/api/v1/projects/{project}/environments/{environment}', {
          params: { path: { project, environment }, header: ifMatch(version) },
          body,
        }),
      ),
    onSuccess: () => client.invalidateQueries({ queryKey: keys.environments(project) }),
  });
}

export function useArchiveEnvironment(project: string, environment: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ version, reason }: { readonly version: number; readonly reason?: string }) =>
      answer(
        api.POST('/api/v1/projects/{project}/environments/{environment}/archive', {
          params: { path: { project, environment }, header: { ...ifMatch(version), ...reasonHeader(reason) } },
        }),
      ),
    onSuccess: () => client.invalidateQueries({ queryKey: keys.project(project) }),
  });
}
