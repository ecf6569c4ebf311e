import {
  ChangeCreateSchema,
  ChangeSchema,
  FlagCreateSchema,
  FlagEditSchema,
  FlagSchema,
  ref,
} from '@flaghoist/protocol/management';
import { type Api, commandOf, problems, projectOf, sendWritten } from '../../platform/api.ts';
import type { Flags } from './flags.ts';
import { flagKeyOf, flagReads } from './routes-list.ts';

const FLAGS = '/api/v1/projects/:project/flags';
const FLAG = `${FLAGS}/:flag`;
export function flagRoutes(app: Api, deps: { readonly flags: Flags }): void {
  flagReads(app, deps);
  flagWrites(app, deps);
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
        response: { 201: ref(ChangeSchema), 202: ref(ChangeSchema), ...problems },
      },
    },
    async (request, reply) =>
      sendWritten(
        reply,
        await flags.configurations.apply(commandOf(request, 'change.apply'), projectOf(request), request.body.edits),
      ),
  );
}
