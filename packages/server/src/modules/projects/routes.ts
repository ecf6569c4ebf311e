import {
  EnvironmentCreateSchema,
  EnvironmentEditSchema,
  EnvironmentSchema,
  NameEditSchema,
  pageOf,
  ProjectCreateSchema,
  ProjectSchema,
  ref,
} from '@flaghoist/protocol/management';
import {
  type Api,
  commandOf,
  environmentOf,
  pageQuery,
  problems,
  projectOf,
  rightsOf,
  sendWritten,
} from '../../platform/api.ts';
import { etag } from '../../platform/etag.ts';
import { readPage, toPage } from '../../platform/page.ts';
import { Refusal } from '../../platform/refusal.ts';
import type { Changes } from '../changes/index.ts';
import type { Projects } from './projects.ts';
import { showEnvironment, showProject } from './rows.ts';

const PROJECTS = '/api/v1/projects';
const PROJECT = `${PROJECTS}/:project`;
const ENVIRONMENTS = `${PROJECT}/environments`;
const ENVIRONMENT = `${ENVIRONMENTS}/:environment`;

export function projectRoutes(app: Api, deps: { readonly projects: Projects; readonly changes: Changes }): void {
  projectReads(app, deps);
  projectWrites(app, deps);
  environmentRoutes(app, deps);
}

function projectReads(app: Api, deps: { readonly projects: Projects; readonly changes: Changes }): void {
  const { projects } = deps;
  const project = { 200: ref(ProjectSchema), ...problems };

  app.get(
    PROJECTS,
    {
      config: { needs: 'known' },
      schema: {
        summary: 'Projects',
        querystring: pageQuery,
        response: { 200: pageOf('Project', ref(ProjectSchema)), ...problems },
      },
    },
    async (request) => {
      const page = readPage(request.query);
      const found = await projects.list({
        only: rightsOf(request).visibleProjects(),
        after: page.after ?? '',
        limit: page.limit + 1,
      });
      return toPage(found, page.limit, (one) => one.key, showProject);
    },
  );

  app.get(
    PROJECT,
    { config: { needs: 'read' }, schema: { summary: 'A project', response: project } },
    async (request, reply) => {
      const found = await projects.byKey(projectOf(request).key);
      if (found === undefined) throw new Refusal('not_found', 'There is no such project.');
      reply.header('etag', etag(found.version));
      return showProject(found);
    },
  );
}

function projectWrites(app: Api, deps: { readonly projects: Projects; readonly changes: Changes }): void {
  const { projects } = deps;
  const project = { 200: ref(ProjectSchema), ...problems };

  app.post(
    PROJECTS,
    {
      config: { needs: 'administer installation' },
      schema: {
        summary: 'Creates a project',
        body: ref(ProjectCreateSchema),
        response: { 201: ref(ProjectSchema), ...problems },
      },
    },
    async (request, reply) =>
      sendWritten(reply, await projects.create(commandOf(request, 'project.create'), request.body)),
  );

  app.patch(
    PROJECT,
    {
      config: { needs: 'administer' },
      schema: { summary: 'Renames a project', body: ref(NameEditSchema), response: project },
    },
    async (request, reply) =>
      sendWritten(
        reply,
        await projects.rename(
          commandOf(request, 'project.edit'),
          projectOf(request).id,
          request.headers['if-match'],
          request.body.name,
        ),
      ),
  );

  app.post(
    `${PROJECT}/archive`,
    {
      config: { needs: 'administer' },
      schema: { summary: 'Archives a project and its environments; their keys stop working', response: project },
    },
    async (request, reply) =>
      sendWritten(
        reply,
        await projects.archive(
          commandOf(request, 'project.archive'),
          projectOf(request).id,
          request.headers['if-match'],
        ),
      ),
  );
}

function environmentRoutes(app: Api, deps: { readonly projects: Projects; readonly changes: Changes }): void {
  environmentReads(app, deps);
  environmentWrites(app, deps);
}

function environmentReads(app: Api, deps: { readonly projects: Projects; readonly changes: Changes }): void {
  const { environments } = deps.projects;
  const environment = { 200: ref(EnvironmentSchema), ...problems };

  app.get(
    ENVIRONMENTS,
    {
      config: { needs: 'read' },
      schema: {
        summary: 'Environments of a project',
        querystring: pageQuery,
        response: { 200: pageOf('Environment', ref(EnvironmentSchema)), ...problems },
      },
    },
    async (request) => {
      const page = readPage(request.query);
      const { id: projectId } = projectOf(request);
      const visible = rightsOf(request).visible(projectId, await environments.ofProject(projectId));
      const found = visible.filter(({ key }) => key > (page.after ?? '')).slice(0, page.limit + 1);
      const lines = new Map((await deps.changes.lines()).map((line) => [line.environmentId, line]));
      return toPage(
        found,
        page.limit,
        (one) => one.key,
        (one) => showEnvironment(one, lines.get(one.id) ?? { epoch: 1, revision: 0, holdSeconds: null }),
      );
    },
  );

  app.get(
    ENVIRONMENT,
    { config: { needs: 'read' }, schema: { summary: 'An environment', response: environment } },
    async (request, reply) => {
      const found = await environments.byKey(projectOf(request).id, environmentOf(request).key);
      if (found === undefined) throw new Refusal('not_found', 'There is no such environment.');
      reply.header('etag', etag(found.version));
      return showEnvironment(
        found,
        (await deps.changes.line(found.id)) ?? { epoch: 1, revision: 0, holdSeconds: null },
      );
    },
  );
}

function environmentWrites(app: Api, deps: { readonly projects: Projects; readonly changes: Changes }): void {
  const { environments } = deps.projects;
  const environment = { 200: ref(EnvironmentSchema), ...problems };

  app.post(
    ENVIRONMENTS,
    {
      config: { needs: 'administer' },
      schema: {
        summary: 'Creates an environment',
        body: ref(EnvironmentCreateSchema),
        response: { 201: ref(EnvironmentSchema), ...problems },
      },
    },
    async (request, reply) =>
      sendWritten(
        reply,
        await environments.create(commandOf(request, 'environment.create'), projectOf(request), request.body),
      ),
  );

  app.patch(
    ENVIRONMENT,
    {
      config: { needs: 'administer' },
      schema: {
        summary: 'Renames an environment, or sets how it publishes',
        body: ref(EnvironmentEditSchema),
        response: environment,
      },
    },
    async (request, reply) =>
      sendWritten(
        reply,
        await environments.edit(
          commandOf(request, 'environment.edit'),
          environmentOf(request).id,
          request.headers['if-match'],
          request.body,
        ),
      ),
  );

  app.post(
    `${ENVIRONMENT}/archive`,
    {
      config: { needs: 'administer project' },
      schema: { summary: 'Archives an environment; its keys stop working', response: environment },
    },
    async (request, reply) =>
      sendWritten(
        reply,
        await environments.archive(
          commandOf(request, 'environment.archive'),
          environmentOf(request).id,
          request.headers['if-match'],
        ),
      ),
  );
}
