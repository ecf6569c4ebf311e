/** Reading flags: lists, what they can be filtered by, and one flag. */
import { FlagFacetsSchema, FlagPageSchema, FlagSchema, FlagTypeSchema, ref } from '@flaghoist/protocol/management';
import { type Static, Type } from 'typebox';
import { type Api, pageQuery, problems, projectOf, rightsOf } from '../../platform/api.ts';
import { etag } from '../../platform/etag.ts';
import { readPage, toPage } from '../../platform/page.ts';
import { invalid, Refusal } from '../../platform/refusal.ts';
import { wordsOf } from '../../platform/text-search.ts';
import type { Flags } from './flags.ts';
import { type FlagFilter, type FlagOrder, placeText, SORTS } from './list.ts';
import { showFlag } from './rows.ts';

const FLAGS = '/api/v1/projects/:project/flags';
/** No column holds U+0000, so nothing is found by it. */
const text = (maxLength: number, description?: string) =>
  Type.Optional(
    Type.String({ maxLength, pattern: '^[^\\u0000]*$', ...(description === undefined ? {} : { description }) }),
  );
const flagQuery = Type.Object(
  {
    ...pageQuery.properties,
    cursor: Type.Optional(
      // It holds the name of a flag when the list is by name.
      Type.String({
        maxLength: 2_048,
        description: 'The `next` of the page before, with the same `sort` and `order`.',
      }),
    ),
    q: text(
      256,
      'Words, each of which is somewhere in the key, name, description, tags or owner; the case does not matter.',
    ),
    tag: text(64),
    owner: text(256),
    type: Type.Optional(FlagTypeSchema),
    environment: text(128, 'Only flags that are in this environment.'),
    state: Type.Optional(Type.Enum(['on', 'off'], { description: 'In the environment, which must be named too.' })),
    lifecycle: Type.Optional(Type.Enum(['active', 'archived'], { description: 'Absent: active.' })),
    sort: Type.Optional(Type.Enum([...SORTS], { description: 'Absent: key.' })),
    order: Type.Optional(Type.Enum(['asc', 'desc'], { description: 'Absent: asc.' })),
  },
  { additionalProperties: false },
);
type Environments = readonly { readonly id: string; readonly key: string }[];

export function flagReads(app: Api, deps: { readonly flags: Flags }): void {
  const { flags } = deps;

  app.get(
    FLAGS,
    {
      config: { needs: 'read' },
      schema: {
        summary: 'Flags of a project, with their state in every environment that you may see',
        querystring: flagQuery,
        response: { 200: ref(FlagPageSchema), ...problems },
      },
    },
    async (request) => {
      const project = projectOf(request);
      const environments = await flags.visibleEnvironments(project.id, rightsOf(request));
      const { limit, after } = readPage(request.query);
      const filter = filterOf(project.id, environments, request.query);
      const { sort = 'key', order: direction = 'asc' } = request.query;
      const order: FlagOrder = { sort, order: direction, within: environments.map(({ id }) => id) };
      const [found, total] = await Promise.all([flags.page(filter, order, after, limit + 1), flags.count(filter)]);
      const shown = found.slice(0, limit).map(({ key }) => key);
      const states = await flags.statesOf(environments, shown);
      const page = toPage(
        found,
        limit,
        (one) => placeText(one, order),
        (one) => showFlag(project.key, one, states.get(one.key) ?? []),
      );
      return { ...page, total };
    },
  );

  app.get(
    '/api/v1/projects/:project/flag-facets',
    {
      config: { needs: 'read' },
      schema: {
        summary: 'The tags, owners and types of a project’s active flags',
        response: { 200: ref(FlagFacetsSchema), ...problems },
      },
    },
    async (request) => flags.facets(projectOf(request).id),
  );

  app.get(
    `${FLAGS}/:flag`,
    { config: { needs: 'read' }, schema: { summary: 'A flag', response: { 200: ref(FlagSchema), ...problems } } },
    async (request, reply) => {
      const project = projectOf(request);
      const key = flagKeyOf(request.params);
      const found = await flags.get(project.id, key);
      if (found === undefined) throw new Refusal('not_found', `There is no flag ${key} in project ${project.key}.`);
      reply.header('etag', etag(found.version));
      const environments = await flags.visibleEnvironments(project.id, rightsOf(request));
      return showFlag(project.key, found, (await flags.statesOf(environments, [key])).get(key) ?? []);
    },
  );
}

function filterOf(projectId: string, environments: Environments, query: Static<typeof flagQuery>): FlagFilter {
  const { q = '', tag, owner, type, environment: name, state, lifecycle } = query;
  const environment = name === undefined ? undefined : environments.find(({ key }) => key === name);
  if (name !== undefined && environment === undefined)
    throw invalid('query.environment', 'not_found', `The project has no environment ${name}.`);
  if (state !== undefined && environment === undefined)
    throw invalid('query.state', 'environment', 'A flag is on or off in an environment: name it as `environment`.');
  return {
    projectId,
    archived: lifecycle === 'archived',
    words: wordsOf(q),
    tag,
    owner,
    type,
    environmentId: environment?.id,
    enabled: state === undefined ? undefined : state === 'on',
  };
}

export function flagKeyOf(params: unknown): string {
  return String((params as Record<string, unknown>)['flag']);
}
