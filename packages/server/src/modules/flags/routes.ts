import {
  ChangeCreateSchema,
  ChangeSchema,
  FlagCreateSchema,
  FlagEditSchema,
  FlagSchema,
  pageOf,
  ref,
} from '@flaghoist/protocol/management';
import { Type } from 'typebox';
import { type Api, commandOf, pageQuery, problems, projectOf, rightsOf, sendWritten } from '../../platform/api.ts';
import { etag } from '../../platform/etag.ts';
import { readPage, toPage } from '../../platform/page.ts';
import { Refusal } from '../../platform/refusal.ts';
import type { Flags } from './flags.ts';
import { showFlag } from './rows.ts';

const FLAGS = '/api/v1/projects/:project/flags';
const FLAG = `${FLAGS}/:flag`;
const flagQuery = Type.Object(
  {
    ...pageQuery.properties,
    tag: Type.Optional(Type.String({ maxLength: 64 })),
    archived: Type.Optional(Type.Enum(['true', 'false'])),
  },
  { additionalProperties: false },
);

export function flagRoutes(app: Api, deps: { readonly flags: Flags }): void {
  flagReads(app, deps);
  flagWrites(app, deps);
}

function flagReads(app: Api, deps: { readonly flags: Flags }): void {
  const { flags } = deps;
  const flag = { 200: ref(FlagSchema), ...problems };

  app.get(
    FLAGS,
    {
      config: { needs: 'read' },
      schema: {
        summary: 'Flags of a project, with their state in every environment',
        querystring: flagQuery,
        response: { 200: pageOf('Flag', ref(FlagSchema)), ...problems },
      },
    },
    async (request) => {
      const page = readPage(request.query);
      const project = projectOf(request);
      const { tag, archived } = request.query;
      const found = await flags.list({
        projectId: project.id,
        after: page.after ?? '',
        limit: page.limit + 1,
        archived: archived === 'true',
        ...(tag === undefined ? {} : { tag: tag.replaceAll('\0', '') }),
      });
      const states = await flags.statesOf(
        project.id,
        found.map((one) => one.key),
        rightsOf(request),
      );
      return toPage(
        found,
        page.limit,
        (one) => one.key,
        (one) => showFlag(project.key, one, states.get(one.key) ?? []),
      );
    },
  );

  app.get(
    FLAG,
    { config: { needs: 'read' }, schema: { summary: 'A flag', response: flag } },
    async (request, reply) => {
      const project = projectOf(request);
      const key = flagKeyOf(request.params);
      const found = await flags.get(project.id, key);
      if (found === undefined) throw new Refusal('not_found', `There is no flag ${key} in project ${project.key}.`);
      reply.header('etag', etag(found.version));
      return showFlag(project.key, found, (await flags.statesOf(project.id, [key], rightsOf(request))).get(key) ?? []);
    },
  );
}

function flagWrites(app: Api, deps: { readonly flags: Flags }): void {
  const { flags } = deps;
  const flag = { 200: ref(FlagSchema), ...problems };

  app.post(
    FLAGS,
    {
      config: { needs: 'edit' },
      schema: {
        summary: 'Creates a flag in every environment of the project',
        body: ref(FlagCreateSchema),
        response: { 201: ref(FlagSchema), ...problems },
      },
    },
    async (request, reply) =>
      sendWritten(reply, await flags.create(commandOf(request, 'flag.create'), projectOf(request), request.body)),
  );

  app.patch(
    FLAG,
    {
      config: { needs: 'edit' },
      schema: { summary: 'Edits what a flag is in all environments', body: ref(FlagEditSchema), response: flag },
    },
    async (request, reply) =>
      sendWritten(
        reply,
        await flags.edit(
          commandOf(request, 'flag.describe'),
          projectOf(request),
          flagKeyOf(request.params),
          request.headers['if-match'],
          request.body,
        ),
      ),
  );

  app.post(
    `${FLAG}/archive`,
    {
      config: { needs: 'edit' },
      schema: { summary: 'Archives a flag: it leaves every ruleset, and its key is never used again', response: flag },
    },
    async (request, reply) =>
      sendWritten(
        reply,
        await flags.archive(
          commandOf(request, 'flag.archive'),
          projectOf(request),
          flagKeyOf(request.params),
          request.headers['if-match'],
        ),
      ),
  );

  app.post(
    '/api/v1/projects/:project/changes',
    {
      config: { needs: 'edit parts' },
      schema: {
        summary: 'Edits several flags and segments at once, in one or several environments',
        body: ref(ChangeCreateSchema),
        response: { 201: ref(ChangeSchema), ...problems },
      },
    },
    async (request, reply) =>
      sendWritten(
        reply,
        await flags.configurations.apply(commandOf(request, 'change.apply'), projectOf(request), request.body.edits),
      ),
  );
}

export function flagKeyOf(params: unknown): string {
  return String((params as Record<string, unknown>)['flag']);
}
