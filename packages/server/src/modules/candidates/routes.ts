import {
  CandidateDecisionSchema,
  CandidateQuerySchema,
  CandidateSchema,
  ChangeSchema,
  ref,
} from '@flaghoist/protocol/management';
import type { FastifyRequest } from 'fastify';
import { type Api, commandOf, environmentOf, problems, projectOf, sendWritten } from '../../platform/api.ts';
import type { Place } from '../../platform/principal.ts';
import type { Candidates } from './candidates.ts';

const CANDIDATE = '/api/v1/projects/:project/environments/:environment/candidate';

export function candidateRoutes(app: Api, { candidates }: { readonly candidates: Candidates }): void {
  app.get(
    CANDIDATE,
    {
      config: { needs: 'read' },
      schema: {
        summary: 'What is being tried in an environment, or was last, and how it does',
        querystring: CandidateQuerySchema,
        response: { 200: ref(CandidateSchema), ...problems },
      },
    },
    async (request) => candidates.show(placeOf(request), request.query.change ?? null),
  );

  app.post(
    `${CANDIDATE}/promote`,
    {
      config: { needs: 'administer' },
      schema: {
        summary: 'Publishes what is being tried, without waiting for canary edges',
        body: ref(CandidateDecisionSchema),
        response: { 200: ref(ChangeSchema), ...problems },
      },
    },
    async (request, reply) =>
      sendWritten(
        reply,
        await candidates.promote(commandOf(request, 'candidate.promote'), placeOf(request), request.body.change),
      ),
  );

  app.post(
    `${CANDIDATE}/withdraw`,
    {
      config: { needs: 'edit' },
      schema: {
        summary: 'Takes back what is being tried; it gets no revision',
        body: ref(CandidateDecisionSchema),
        response: { 200: ref(CandidateDecisionSchema), ...problems },
      },
    },
    async (request, reply) =>
      sendWritten(
        reply,
        await candidates.withdraw(commandOf(request, 'candidate.withdraw'), placeOf(request), request.body.change),
      ),
  );
}

function placeOf(request: FastifyRequest): Place {
  return { project: projectOf(request), environment: environmentOf(request) };
}
