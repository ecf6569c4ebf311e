import { ComparisonSchema, ref } from '@flaghoist/protocol/management';
import { Type } from 'typebox';
import { type Api, problems, projectOf, rightsOf } from '../../platform/api.ts';
import { invalid } from '../../platform/refusal.ts';
import type { Changes } from '../changes/index.ts';
import type { Projects } from '../projects/index.ts';
import { compare } from './comparison.ts';

const KINDS = ['flag', 'segment'] as const;
/** As many as one change can promote. */
const MOST = 500;
const environment = Type.String({ maxLength: 128 });
const querystring = Type.Object({ from: environment, to: environment }, { additionalProperties: false });

export function comparisonRoutes(app: Api, deps: { readonly changes: Changes; readonly projects: Projects }): void {
  app.get(
    '/api/v1/projects/:project/comparison',
    {
      config: { needs: 'read' },
      schema: {
        summary: 'The flags and segments that are not the same in two environments, the first 500',
        querystring,
        response: { 200: ref(ComparisonSchema), ...problems },
      },
    },
    async (request) => {
      const { id: projectId } = projectOf(request);
      const visible = rightsOf(request).visible(projectId, await deps.projects.environments.ofProject(projectId));
      const idOf = (side: 'from' | 'to'): string => {
        const found = visible.find(({ key }) => key === request.query[side]);
        if (found !== undefined) return found.id;
        throw invalid(`query.${side}`, 'not_found', `The project has no environment ${request.query[side]}.`);
      };
      const [from, to] = [idOf('from'), idOf('to')];
      if (from === to) throw invalid('query.to', 'same', 'Name two different environments to compare.');
      const pairs = await deps.changes.differing(from, to, KINDS, MOST);
      const { same, differing } = await deps.changes.countPairs(from, to, KINDS);
      const items = pairs.map(compare);
      const invisible = items.filter((item) => item === null).length;
      return {
        from: request.query.from,
        to: request.query.to,
        items: items.filter((item) => item !== null),
        same: same + invisible,
        more: Math.max(0, differing - pairs.length),
      };
    },
  );
}
