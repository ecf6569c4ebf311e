import {
  EvaluationCountsSchema,
  EvaluationSeriesSchema,
  FlagActivitySchema,
  ref,
  SERIES_LIMITS,
  SeriesStepSchema,
} from '@flaghoist/protocol/management';
import { Type } from 'typebox';
import { type Api, environmentOf, problems, projectOf, rightsOf } from '../../platform/api.ts';
import { parseTimestamp } from '../../platform/timestamp.ts';
import { invalid, Refusal } from '../../platform/refusal.ts';
import type { Flags } from '../flags/index.ts';
import type { Projects } from '../projects/index.ts';
import { bucketsIn, isTooLong, lastBuckets, spanAround } from './buckets.ts';
import type { Counts } from './counts.ts';
import type { Retention } from './retention.ts';
import type { Series } from './series.ts';

const HOUR_MS = 3_600_000;
const timestamp = Type.Optional(Type.String({ maxLength: 40, description: 'RFC 3339.' }));
const interval = { flag: Type.Optional(Type.String({ maxLength: 128 })), from: timestamp, to: timestamp };
const querystring = Type.Object(interval, { additionalProperties: false });
const seriesQuery = Type.Object(
  { ...interval, step: Type.Optional(SeriesStepSchema) },
  { additionalProperties: false },
);
const EVALUATIONS = '/api/v1/projects/:project/environments/:environment/evaluations';

interface InsightDeps {
  readonly counts: Counts;
  readonly series: Series;
  readonly retention: Retention;
  readonly flags: Flags;
  readonly projects: Projects;
  readonly now: () => Date;
}

export function insightRoutes(app: Api, deps: InsightDeps): void {
  countsRoute(app, deps);
  seriesRoute(app, deps);
  activityRoute(app, deps);
}

function countsRoute(app: Api, deps: InsightDeps): void {
  app.get(
    EVALUATIONS,
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
      const keptSince = deps.retention.since('minute').toISOString();
      return { from: filter.from, to: filter.to, keptSince, items, evaluations, ...completeness };
    },
  );
}

function seriesRoute(app: Api, { counts, series, retention, now }: InsightDeps): void {
  app.get(
    `${EVALUATIONS}/series`,
    {
      config: { needs: 'read' },
      schema: {
        summary: `Evaluations over time, by default of the last hour by minute; at most ${SERIES_LIMITS.buckets} buckets`,
        querystring: seriesQuery,
        response: { 200: ref(EvaluationSeriesSchema), ...problems },
      },
    },
    async (request) => {
      const { flag, step = 'minute' } = request.query;
      // The running bucket is part of the answer.
      const to = readMoment('to', request.query.to)?.getTime() ?? now().getTime() + 1;
      const from = readMoment('from', request.query.from)?.getTime() ?? null;
      const span = from === null ? lastBuckets(step, to) : spanAround(step, from, to);
      if (span.from >= span.to || (from !== null && from >= to))
        throw invalid('query.from', 'interval', 'The interval is empty: `from` must be before `to`.');
      if (isTooLong(span))
        throw invalid(
          'query.step',
          'buckets',
          `That interval has ${bucketsIn(span)} buckets of one ${step}; ${SERIES_LIMITS.buckets} is the most. Take a longer \`step\` or a shorter interval.`,
        );
      const environmentId = environmentOf(request).id;
      const found = await series.of({ environmentId, flag: flag?.replaceAll('\0', '') ?? null, span });
      const { missing, dropped } = await counts.completeness(environmentId);
      return {
        from: new Date(span.from * 1_000).toISOString(),
        to: new Date(span.to * 1_000).toISOString(),
        step,
        keptSince: retention.since(step).toISOString(),
        ...found,
        missing,
        dropped,
        updatedAt: await counts.updatedAt(environmentId),
      };
    },
  );
}

function activityRoute(app: Api, { series, flags, projects, now }: InsightDeps): void {
  app.get(
    '/api/v1/projects/:project/flags/:flag/activity',
    {
      config: { needs: 'read' },
      schema: {
        summary: 'When and how often a flag was evaluated lately, in every environment that you may see',
        response: { 200: ref(FlagActivitySchema), ...problems },
      },
    },
    async (request) => {
      const { id, key: project } = projectOf(request);
      const { flag } = request.params as { readonly flag: string };
      if ((await flags.get(id, flag)) === undefined)
        throw new Refusal('not_found', `There is no flag ${flag} in project ${project}.`);
      const environments = rightsOf(request)
        .visible(id, await projects.environments.ofProject(id))
        .filter(({ archivedAt }) => archivedAt === null);
      const activity = await series.activity(
        environments.map((one) => one.id),
        flag,
        now(),
      );
      return {
        environments: environments.map(({ key }, i) => ({
          environment: key,
          lastEvaluatedAt: activity[i]?.lastEvaluatedAt ?? null,
          evaluations: activity[i]?.evaluations ?? 0,
        })),
      };
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
