import { ref, SearchResultsSchema } from '@flaghoist/protocol/management';
import { Type } from 'typebox';
import { type Api, problems, rightsOf } from '../../platform/api.ts';
import { invalid } from '../../platform/refusal.ts';
import type { Rights } from '../../platform/rights.ts';
import type { Projects } from '../projects/index.ts';
import type { Search } from './search.ts';

// No column holds U+0000, so nothing is found by it.
const TEXT = '^[^\\u0000]*$';
const querystring = Type.Object(
  {
    q: Type.String({ maxLength: 256, pattern: TEXT, description: 'Words, each of which is in the key or name.' }),
    project: Type.Optional(Type.String({ maxLength: 128, pattern: TEXT, description: 'Absent: in all projects.' })),
  },
  { additionalProperties: false },
);

export function searchRoutes(app: Api, deps: { readonly search: Search; readonly projects: Projects }): void {
  app.get(
    '/api/v1/search',
    {
      config: { needs: 'known' },
      schema: {
        summary: 'Projects, environments, flags and segments by a part of their key or name',
        querystring,
        response: { 200: ref(SearchResultsSchema), ...problems },
      },
    },
    async (request) => {
      const rights = rightsOf(request);
      const { q, project } = request.query;
      const projectId = project === undefined ? null : await projectNamed(deps.projects, rights, project);
      return { items: [...(await deps.search(q, rights, projectId))] };
    },
  );
}

async function projectNamed(projects: Projects, rights: Rights, key: string): Promise<string> {
  const project = await projects.byKey(key);
  if (project === undefined || rights.somewhereIn(project.id) === null)
    throw invalid('query.project', 'not_found', `There is no project ${key} that you may see.`);
  return project.id;
}
