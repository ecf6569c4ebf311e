import type { Segment } from '@flaghoist/evaluator';
import {
  ChangeSchema,
  pageOf,
  ref,
  SegmentCreateSchema,
  SegmentEditSchema,
  SegmentSchema,
  SegmentSummarySchema,
  UsageSchema,
} from '@flaghoist/protocol/management';
import type { FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import { type Api, commandOf, environmentOf, pageQuery, problems, projectOf, sendWritten } from '../../platform/api.ts';
import { etag } from '../../platform/etag.ts';
import { readPage, toPage } from '../../platform/page.ts';
import { Refusal } from '../../platform/refusal.ts';
import type { Place } from '../../platform/principal.ts';
import { wordsOf } from '../../platform/text-search.ts';
import { type Segments, showSegment } from './segments.ts';

const SEGMENTS = '/api/v1/projects/:project/environments/:environment/segments';
const SEGMENT = `${SEGMENTS}/:segment`;
const segmentQuery = Type.Object(
  {
    ...pageQuery.properties,
    q: Type.Optional(
      // No column holds U+0000, so nothing is found by it.
      Type.String({ maxLength: 256, pattern: '^[^\\u0000]*$', description: 'Words, each of which is in the key.' }),
    ),
  },
  { additionalProperties: false },
);

export function segmentRoutes(app: Api, deps: { readonly segments: Segments }): void {
  segmentReads(app, deps);
  segmentWrites(app, deps);
}

function segmentReads(app: Api, deps: { readonly segments: Segments }): void {
  const { segments } = deps;
  const segment = { 200: ref(SegmentSchema), ...problems };

  app.get(
    SEGMENTS,
    {
      config: { needs: 'read' },
      schema: {
        summary: 'Segments of an environment, with how much is in them',
        querystring: segmentQuery,
        response: { 200: pageOf('SegmentSummary', ref(SegmentSummarySchema)), ...problems },
      },
    },
    async (request) => {
      const { limit, after } = readPage(request.query);
      const { id } = environmentOf(request);
      const found = await segments.list(id, wordsOf(request.query.q ?? ''), after ?? '', limit + 1);
      return toPage(
        found,
        limit,
        (one) => one.key,
        (one) => one,
      );
    },
  );

  app.get(
    `${SEGMENT}/usage`,
    {
      config: { needs: 'read' },
      schema: {
        summary: 'The flags and segments of the environment that refer to a segment',
        response: { 200: ref(UsageSchema), ...problems },
      },
    },
    async (request) => {
      const { environment } = placeOf(request);
      if ((await segments.get(environment.id, keyOf(request))) === undefined)
        throw new Refusal('not_found', `There is no segment ${keyOf(request)} in ${environment.key}.`);
      return segments.usage(environment.id, keyOf(request));
    },
  );

  app.get(
    SEGMENT,
    { config: { needs: 'read' }, schema: { summary: 'A segment', response: segment } },
    async (request, reply) => {
      const place = placeOf(request);
      const found = await segments.get(place.environment.id, keyOf(request));
      if (found?.json == null)
        throw new Refusal('not_found', `There is no segment ${keyOf(request)} in ${place.environment.key}.`);
      reply.header('etag', etag(found.revision));
      return showSegment(place, JSON.parse(found.json) as Segment, found.revision);
    },
  );
}

function segmentWrites(app: Api, deps: { readonly segments: Segments }): void {
  const { segments } = deps;
  const segment = { 200: ref(SegmentSchema), 202: ref(ChangeSchema), ...problems };

  app.post(
    SEGMENTS,
    {
      config: { needs: 'edit' },
      schema: {
        summary: 'Creates a segment',
        body: ref(SegmentCreateSchema),
        response: { 201: ref(SegmentSchema), 202: ref(ChangeSchema), ...problems },
      },
    },
    async (request, reply) =>
      sendWritten(reply, await segments.create(commandOf(request, 'segment.create'), placeOf(request), request.body)),
  );

  app.patch(
    SEGMENT,
    {
      config: { needs: 'edit' },
      schema: { summary: 'Edits a segment', body: ref(SegmentEditSchema), response: segment },
    },
    async (request, reply) =>
      sendWritten(
        reply,
        await segments.edit(
          commandOf(request, 'segment.edit'),
          placeOf(request),
          keyOf(request),
          request.headers['if-match'],
          request.body,
        ),
      ),
  );

  app.post(
    `${SEGMENT}/archive`,
    { config: { needs: 'edit' }, schema: { summary: 'Archives a segment that nothing refers to', response: segment } },
    async (request, reply) =>
      sendWritten(
        reply,
        await segments.archive(
          commandOf(request, 'segment.archive'),
          placeOf(request),
          keyOf(request),
          request.headers['if-match'],
        ),
      ),
  );
}

function placeOf(request: FastifyRequest): Place {
  return { project: projectOf(request), environment: environmentOf(request) };
}

function keyOf(request: FastifyRequest): string {
  return String((request.params as Record<string, unknown>)['segment']);
}
