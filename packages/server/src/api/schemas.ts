/** The published schema of rulesets, for whoever writes or reads them in another language. */
import { readFile } from 'node:fs/promises';
import { type Api, problems } from '../platform/api.ts';

/** Put here by the build, so that an installed server has it: `spec/ruleset.schema.json`. */
const RULESET_SCHEMA = new URL('../../schemas/ruleset.schema.json', import.meta.url);

export function readRulesetSchema(): Promise<string> {
  return readFile(RULESET_SCHEMA, 'utf8');
}

export function schemaRoutes(app: Api, rulesetSchema: string): void {
  app.get(
    '/api/v1/schemas/ruleset',
    {
      config: { needs: 'public' },
      schema: {
        summary: 'JSON Schema of flags, segments and chunks as SDKs get them',
        security: [],
        response: problems,
      },
    },
    async (_request, reply) => reply.type('application/schema+json; charset=utf-8').send(rulesetSchema as never),
  );
}
