import { EvaluationCountsSchema, ref } from '@flaghoist/protocol/management';
import { Type } from 'typebox';
import { type Api, environmentOf, problems } from '../../platform/api.ts';
import { parseTimestamp } from '../../platform/timestamp.ts';
import { invalid } from '../../platform/refusal.ts';
import type { Counts } from './counts.ts';

const HOUR_MS = 3_600_000;
const timestamp = Type.Optional(Type.String({ maxLength: 40, description: 'RFC 3339.' }));
const querystring = Type.Object(
  { flag: Type.Optional(Type.String({ maxLength: 128 })), from: timestamp, to: timestamp },
  { additionalProperties: false },
);

export function insightRoutes(app: Api, deps: { readonly counts: Counts; readonly now: () => Date }): void {
  app.get(
    '/api/v1/projects/:project/environments/:environment/evaluations',
    {
      config: { needs: 'read' },
      schema: {
        summary: 'Evaluation counts, by default of the last hour, and how complete they are',
        querystring,
        response: { 200: ref(EvaluationCountsSchema), ...problems },
      },
    },
    async (request) => {
      const { flag, from, to } = request.query;
      const now = deps.now().getTime();
      // Counts are kept by minute; the running minute is part of the answer.
      const until = readMoment('to', to) ?? new Date(now + 60_000);
      const since = readMoment('from', from) ?? new Date(until.getTime() - HOUR_MS - 60_000);
      if (since >= until) throw invalid('query.from', 'interval', 'The interval is empty: `from` must be before `to`.');
      const environmentId = environmentOf(request).id;
      const filter = {
        environmentId,
        flag: flag?.replaceAll('\0', '') ?? null,
        from: since.toISOString(),
        to: until.toISOString(),
      };
      const [items, evaluations, completeness] = [
        await deps.counts.sums(filter),
        await deps.counts.total(filter),
        await deps.counts.completeness(environmentId),
      ];
      return { from: filter.from, to: filter.to, items, evaluations, ...completeness };
    },
  );
}

function readMoment(name: string, text: string | undefined): Date | undefined {
  if (text === undefined) return undefined;
  const timestamp = parseTimestamp(text);
  if (timestamp === null)
    throw invalid(`query.${name}`, 'moment', `\`${name}\` is a moment such as 2030-01-31T00:00:00Z.`);
  return timestamp;
}
