import type { FlagConfiguration } from '@flaghoist/evaluator';
import {
  ChangeSchema,
  EvaluateSchema,
  EvaluationSchema,
  FlagConfigurationEditSchema,
  FlagConfigurationSchema,
  FlagConfigurationsSchema,
  ref,
} from '@flaghoist/protocol/management';
import { type Api, commandOf, environmentOf, problems, projectOf, rightsOf, sendWritten } from '../../platform/api.ts';
import { etag } from '../../platform/etag.ts';
import { Refusal } from '../../platform/refusal.ts';
import type { Flags } from './flags.ts';
import { flagKeyOf } from './routes-list.ts';
import { showConfiguration } from './rows.ts';

const ENVIRONMENT = '/api/v1/projects/:project/environments/:environment';
const CONFIGURATION = `${ENVIRONMENT}/flags/:flag`;

export function configurationRoutes(app: Api, deps: { readonly flags: Flags }): void {
  const { flags } = deps;
  const response = { 200: ref(FlagConfigurationSchema), ...problems };

  app.get(
    '/api/v1/projects/:project/flags/:flag/configurations',
    {
      config: { needs: 'read' },
      schema: {
        summary: 'A flag’s configuration in every environment that you may see',
        response: { 200: ref(FlagConfigurationsSchema), ...problems },
      },
    },
    async (request) => {
      const project = projectOf(request);
      const key = flagKeyOf(request.params);
      if ((await flags.get(project.id, key)) === undefined)
        throw new Refusal('not_found', `There is no flag ${key} in project ${project.key}.`);
      const found = await flags.configurations.inEach(
        await flags.visibleEnvironments(project.id, rightsOf(request)),
        key,
      );
      const items = found.map(({ environment, configuration, revision }) =>
        showConfiguration(project.key, environment, configuration, revision),
      );
      return { items };
    },
  );

  app.get(
    CONFIGURATION,
    { config: { needs: 'read' }, schema: { summary: 'A flag’s configuration in an environment', response } },
    async (request, reply) => {
      const environment = environmentOf(request);
      const key = flagKeyOf(request.params);
      const found = await flags.configurations.get(environment.id, key);
      if (found?.json == null) throw new Refusal('not_found', `There is no flag ${key} in ${environment.key}.`);
      reply.header('etag', etag(found.revision));
      return showConfiguration(
        projectOf(request).key,
        environment.key,
        JSON.parse(found.json) as FlagConfiguration,
        found.revision,
      );
    },
  );

  app.patch(
    CONFIGURATION,
    {
      config: { needs: 'edit' },
      schema: {
        summary: 'Edits a flag’s configuration in an environment',
        body: ref(FlagConfigurationEditSchema),
        response: { ...response, 202: ref(ChangeSchema) },
      },
    },
    async (request, reply) => {
      const place = { project: projectOf(request), environment: environmentOf(request) };
      return sendWritten(
        reply,
        await flags.configurations.edit(
          commandOf(request, 'flag.edit'),
          place,
          flagKeyOf(request.params),
          request.headers['if-match'],
          request.body,
        ),
      );
    },
  );

  evaluateRoute(app, flags);
}

function evaluateRoute(app: Api, flags: Flags): void {
  app.post(
    `${ENVIRONMENT}/evaluate`,
    {
      config: { needs: 'read' },
      schema: {
        summary:
          'Evaluates a flag at the newest committed revision, or as a draft of it says; counts and writes nothing',
        body: ref(EvaluateSchema),
        response: { 200: ref(EvaluationSchema), ...problems },
      },
    },
    async (request) => {
      const { flag, context = {}, explain = false, draft } = request.body;
      const asked = { flag, context, explain, ...(draft === undefined ? {} : { draft }) };
      return flags.evaluateNow(environmentOf(request).id, asked);
    },
  );
}
