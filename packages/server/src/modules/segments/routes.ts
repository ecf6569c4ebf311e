import type { Segment } from '@flaghoist/evaluator';
import { pageOf, SegmentCreateSchema, SegmentEditSchema, SegmentSchema, ref } from '@flaghoist/protocol/management';
import type { FastifyRequest } from 'fastify';
import { type Api, commandOf, environmentOf, pageQuery, problems, projectOf, sendWritten } from '../../platform/api.ts';
import { etag } from '../../platform/etag.ts';
import { readPage, toPage } from '../../platform/page.ts';
import { Refusal } from '../../platform/refusal.ts';
import type { Place } from '../../platform/principal.ts';
import { type Segments, showSegment } from './segments.ts';

const SEGMENTS = '/api/v1/projects/:project/environments/:environment/segments';
const SEGMENT = `${SEGMENTS}/:segment`;

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
        summary: 'Segments of an environment',
        querystring: pageQuery,
        response: { 200: pageOf('Segment', ref(SegmentSchema)), ...problems },
      },
    },
    async (request) => {
      const page = readPage(request.query);
      const place = placeOf(request);
      const found = await segments.list(place.environment.id, page.after ?? '', page.limit + 1);
      return toPage(
        found,
        page.limit,
        (one) => one.key,
        (one) => showSegment(place, JSON.parse(one.json ?? '') as Segment, one.revision),
      );
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
  const segment = { 200: ref(SegmentSchema), ...problems };

  app.post(
    SEGMENTS,
    {
      config: { needs: 'edit' },
      schema: {
        summary: 'Creates a segment',
        body: ref(SegmentCreateSchema),
        response: { 201: ref(SegmentSchema), ...problems },
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
