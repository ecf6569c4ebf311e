import {
  pageOf,
  SdkKeyCreatedSchema,
  SdkKeyCreateSchema,
  SdkKeyEditSchema,
  SdkKeySchema,
  TokenCreatedSchema,
  TokenCreateSchema,
  TokenSchema,
  ref,
} from '@flaghoist/protocol/management';
import type { FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import { type Api, commandOf, pageQuery, problems, projectOf, rightsOf, sendWritten } from '../../platform/api.ts';
import { readPage, toPage } from '../../platform/page.ts';
import { invalid } from '../../platform/refusal.ts';
import type { Rights } from '../../platform/rights.ts';
import type { Projects } from '../projects/index.ts';
import type { Access } from './access.ts';
import { showKey } from './keys.ts';
import { showToken } from './tokens.ts';

const KEYS = '/api/v1/projects/:project/keys';
const keyQuery = Type.Object(
  { ...pageQuery.properties, environment: Type.Optional(Type.String({ maxLength: 128 })) },
  { additionalProperties: false },
);

const tokenQuery = Type.Object(
  {
    ...pageQuery.properties,
    maker: Type.Optional(
      Type.String({
        pattern: '^(person|token):[A-Za-z0-9-]{1,64}$',
        description: '`createdById`, such as `person:…`.',
      }),
    ),
  },
  { additionalProperties: false },
);

export function accessRoutes(app: Api, deps: { readonly access: Access; readonly projects: Projects }): void {
  const { tokens } = deps.access;

  app.get(
    '/api/v1/tokens',
    {
      config: { needs: 'administer installation' },
      schema: {
        summary: 'Tokens; those that somebody made, and that were made with these, when a maker is named',
        querystring: tokenQuery,
        response: { 200: pageOf('Token', ref(TokenSchema)), ...problems },
      },
    },
    async (request) => {
      const page = readPage(request.query);
      return toPage(
        await tokens.list(page.after ?? '', page.limit + 1, request.query.maker),
        page.limit,
        (token) => token.id,
        showToken,
      );
    },
  );

  app.post(
    '/api/v1/tokens',
    {
      config: { needs: 'administer installation' },
      schema: {
        summary: 'Creates a token; the secret is shown once',
        body: ref(TokenCreateSchema),
        response: { 201: ref(TokenCreatedSchema), ...problems },
      },
    },
    async (request, reply) => {
      const { project: key, environment: name, ...input } = request.body;
      const project = key === undefined ? undefined : await deps.projects.byKey(key);
      if (key !== undefined && project === undefined)
        throw invalid('$.project', 'not_found', `There is no project ${key}.`);
      if (name !== undefined && project === undefined)
        throw invalid('$.environment', 'environment', 'An environment belongs to a project: name both.');
      const environment =
        name === undefined || project === undefined
          ? undefined
          : await environmentNamed(deps.projects, rightsOf(request), project.id, name, '$.environment');
      return sendWritten(
        reply,
        await tokens.create(commandOf(request, 'token.create'), {
          ...input,
          ...(project === undefined ? {} : { project }),
          ...(environment === undefined ? {} : { environment }),
        }),
      );
    },
  );

  app.post(
    '/api/v1/tokens/:token/revoke',
    {
      config: { needs: 'administer installation' },
      schema: { summary: 'Revokes a token', response: { 200: ref(TokenSchema), ...problems } },
    },
    async (request, reply) =>
      sendWritten(reply, await tokens.revoke(commandOf(request, 'token.revoke'), idOf(request.params, 'token'))),
  );

  keyRoutes(app, deps);
}

function keyRoutes(app: Api, deps: { readonly access: Access; readonly projects: Projects }): void {
  const { keys } = deps.access;

  app.get(
    KEYS,
    {
      config: { needs: 'read' },
      schema: {
        summary: 'SDK keys of a project',
        querystring: keyQuery,
        response: { 200: pageOf('SdkKey', ref(SdkKeySchema)), ...problems },
      },
    },
    async (request) => {
      const page = readPage(request.query);
      const { environment: key } = request.query;
      const environment =
        key === undefined
          ? null
          : await environmentNamed(deps.projects, rightsOf(request), projectOf(request).id, key, 'query.environment');
      const { id: projectId } = projectOf(request);
      const visible = rightsOf(request).visible(projectId, await deps.projects.environments.ofProject(projectId));
      return toPage(
        await keys.list({
          projectId,
          environmentId: environment?.id ?? null,
          within: visible.map(({ id }) => id),
          after: page.after ?? '',
          limit: page.limit + 1,
        }),
        page.limit,
        (one) => one.id,
        showKey,
      );
    },
  );

  app.post(
    KEYS,
    {
      config: { needs: 'administer parts' },
      schema: {
        summary: 'Creates an SDK key; the secret is shown once',
        body: ref(SdkKeyCreateSchema),
        response: { 201: ref(SdkKeyCreatedSchema), ...problems },
      },
    },
    async (request, reply) => {
      const { environments: names, ...input } = request.body;
      const environments = await environmentsNamed(deps.projects, request, names);
      return sendWritten(
        reply,
        await keys.create(commandOf(request, 'key.create'), projectOf(request).id, { ...input, environments }),
      );
    },
  );

  keyEditRoutes(app, deps);
}

function keyEditRoutes(app: Api, deps: { readonly access: Access; readonly projects: Projects }): void {
  const { keys } = deps.access;

  app.patch(
    `${KEYS}/:key`,
    {
      config: { needs: 'administer parts' },
      schema: {
        summary: 'Sets how many requests a second an SDK key may send, and the environments of a relay key',
        body: ref(SdkKeyEditSchema),
        response: { 200: ref(SdkKeySchema), ...problems },
      },
    },
    async (request, reply) => {
      const { environments: names, ...edit } = request.body;
      const environments = names === undefined ? undefined : await environmentsNamed(deps.projects, request, names);
      return sendWritten(
        reply,
        await keys.edit(commandOf(request, 'key.edit'), projectOf(request).id, idOf(request.params, 'key'), {
          ...edit,
          ...(environments === undefined ? {} : { environments }),
        }),
      );
    },
  );

  app.post(
    `${KEYS}/:key/revoke`,
    {
      config: { needs: 'administer parts' },
      schema: { summary: 'Revokes an SDK key', response: { 200: ref(SdkKeySchema), ...problems } },
    },
    async (request, reply) =>
      sendWritten(
        reply,
        await keys.revoke(commandOf(request, 'key.revoke'), projectOf(request).id, idOf(request.params, 'key')),
      ),
  );
}

function environmentsNamed(projects: Projects, request: FastifyRequest, names: readonly string[]) {
  const { id } = projectOf(request);
  return Promise.all(
    names.map((name, i) => environmentNamed(projects, rightsOf(request), id, name, `$.environments[${i}]`)),
  );
}

/** One that may not be seen is refused as one that is not there. */
async function environmentNamed(projects: Projects, rights: Rights, projectId: string, key: string, path: string) {
  const environment = key.includes('\0') ? undefined : await projects.environments.byKey(projectId, key);
  if (environment === undefined || rights.inEnvironment(projectId, environment.id) === null)
    throw invalid(path, 'not_found', `The project has no environment ${key}.`);
  if (environment.archivedAt !== null && path.startsWith('$'))
    throw invalid(path, 'archived', `Environment ${key} is archived.`);
  return environment;
}

function idOf(params: unknown, name: string): string {
  return String((params as Record<string, unknown>)[name]);
}
