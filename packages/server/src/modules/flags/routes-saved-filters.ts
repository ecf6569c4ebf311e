import { pageOf, ref, SavedFilterCreateSchema, SavedFilterSchema } from '@flaghoist/protocol/management';
import type { FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import { type Api, commandOf, principalOf, problems, rightsOf, sendWritten } from '../../platform/api.ts';
import { invalid } from '../../platform/refusal.ts';
import type { Projects } from '../projects/index.ts';
import type { Flags } from './flags.ts';

const FILTERS = '/api/v1/me/filters';
const querystring = Type.Object({ project: Type.String({ maxLength: 128 }) }, { additionalProperties: false });

/** Filters of the flag list that the signed-in person keeps; nobody else sees them. */
export function savedFilterRoutes(app: Api, deps: { readonly flags: Flags; readonly projects: Projects }): void {
  const { savedFilters } = deps.flags;

  async function ownerOf(request: FastifyRequest, key: string, path: string) {
    const project = key.includes('\0') ? undefined : await deps.projects.byKey(key);
    if (project === undefined || rightsOf(request).somewhereIn(project.id) === null)
      throw invalid(path, 'not_found', `There is no project ${key} that you may see.`);
    return { personId: personOf(request), project };
  }

  app.get(
    FILTERS,
    {
      config: { needs: 'person' },
      schema: {
        summary: 'Your own filters of a project’s flags',
        querystring,
        response: { 200: pageOf('SavedFilter', ref(SavedFilterSchema)), ...problems },
      },
    },
    async (request) => {
      const owner = await ownerOf(request, request.query.project, 'query.project');
      return { items: await savedFilters.list(owner), next: null };
    },
  );

  app.post(
    FILTERS,
    {
      config: { needs: 'person' },
      schema: {
        summary: 'Keeps a filter of a project’s flags, for yourself',
        body: ref(SavedFilterCreateSchema),
        response: { 201: ref(SavedFilterSchema), ...problems },
      },
    },
    async (request, reply) => {
      const { project, ...filter } = request.body;
      const owner = await ownerOf(request, project, '$.project');
      return sendWritten(reply, await savedFilters.create(commandOf(request, 'filter.save'), owner, filter));
    },
  );

  app.post(
    `${FILTERS}/:filter/remove`,
    {
      config: { needs: 'person' },
      schema: { summary: 'Removes a filter of your own', response: { 200: ref(SavedFilterSchema), ...problems } },
    },
    async (request, reply) => {
      const id = String((request.params as Record<string, unknown>)['filter']);
      return sendWritten(reply, await savedFilters.remove(commandOf(request, 'filter.remove'), personOf(request), id));
    },
  );
}

function personOf(request: FastifyRequest): string {
  const { person } = principalOf(request);
  if (person === null) throw new Error(`${request.routeOptions.url ?? ''} is for people`);
  return person.personId;
}
