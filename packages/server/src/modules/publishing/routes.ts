import { ChangeSchema, pageOf, ref } from '@flaghoist/protocol/management';
import type { FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import { type Api, pageQuery, problems, projectOf } from '../../platform/api.ts';
import { readNumberBelow, readPage, toPage } from '../../platform/page.ts';
import { invalid, Refusal } from '../../platform/refusal.ts';
import type { Changes } from '../changes/index.ts';
import type { Projects } from '../projects/index.ts';
import { showChange, type Watchers } from './watch.ts';
import { readCursor, streamChanges } from './watch-stream.ts';

const CHANGES = '/api/v1/projects/:project/changes';
const environmentQuery = { environment: Type.Optional(Type.String({ maxLength: 128 })) };

export function historyRoutes(
  app: Api,
  deps: { readonly changes: Changes; readonly projects: Projects; readonly watchers: Watchers },
): void {
  const { changes, projects } = deps;

  const pageOfChanges = Type.Object({ ...pageQuery.properties, ...environmentQuery }, { additionalProperties: false });
  app.get(
    CHANGES,
    {
      config: { needs: 'read' },
      schema: {
        summary: 'Changes of a project, newest first',
        querystring: pageOfChanges,
        response: { 200: pageOf('Change', ref(ChangeSchema)), ...problems },
      },
    },
    async (request) => {
      const page = readPage(request.query);
      const [environments, watched] = await environmentsFor(request, projects, request.query.environment);
      const only = request.query.environment === undefined ? {} : { environmentId: watched[0] ?? '' };
      const found = await changes.list({
        projectId: projectOf(request).id,
        ...only,
        before: readNumberBelow(page.after),
        limit: page.limit + 1,
      });
      return toPage(
        found,
        page.limit,
        (one) => String(one.number),
        (one) => showChange(one, environments),
      );
    },
  );

  app.get(
    `${CHANGES}/:change`,
    { config: { needs: 'read' }, schema: { summary: 'A change', response: { 200: ref(ChangeSchema), ...problems } } },
    async (request) => {
      const { change } = request.params as { change: string };
      const found = await changes.get(projectOf(request).id, change);
      if (found === undefined)
        throw new Refusal('not_found', `There is no change ${change} in project ${projectOf(request).key}.`);
      return showChange(found, await projects.environments.ofProject(projectOf(request).id));
    },
  );

  watchRoute(app, deps);
}

function watchRoute(app: Api, deps: { readonly projects: Projects; readonly watchers: Watchers }): void {
  const { projects, watchers } = deps;
  const querystring = Type.Object(environmentQuery, { additionalProperties: false });
  const summary = 'Applied changes as server-sent events, as they are published';
  app.get(
    '/api/v1/projects/:project/watch',
    { config: { needs: 'read' }, schema: { summary, querystring, response: problems } },
    async (request, reply) => {
      const project = projectOf(request);
      const [, watched] = await environmentsFor(request, projects, request.query.environment);
      const cursor = readCursor(request.headers['last-event-id'], watched) ?? (await watchers.now(watched));
      reply.hijack();
      streamChanges(request.method, reply.raw, { watchers, projectId: project.id, cursor });
    },
  );
}

async function environmentsFor(request: FastifyRequest, projects: Projects, key: string | undefined) {
  const environments = await projects.environments.ofProject(projectOf(request).id);
  const watched = environments
    .filter((environment) => key === undefined || environment.key === key)
    .map((environment) => environment.id);
  if (key !== undefined && watched.length === 0)
    throw invalid('query.environment', 'not_found', `The project has no environment ${key}.`);
  return [environments, watched] as const;
}
