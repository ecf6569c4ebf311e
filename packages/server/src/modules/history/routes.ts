import { ChangeEditsSchema, ChangeSchema, pageOf, ref, RevertSchema } from '@flaghoist/protocol/management';
import type { FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import {
  type Api,
  commandOf,
  pageQuery,
  principalOf,
  problems,
  projectOf,
  rightsOf,
  sendWritten,
} from '../../platform/api.ts';
import { readNumberBelow, readPage, toPage } from '../../platform/page.ts';
import type { Principal, Scope } from '../../platform/principal.ts';
import type { PresenceHub } from '../presence/index.ts';
import type { History } from './history.ts';
import { named } from './view.ts';
import type { Watchers } from './watch.ts';
import { createWatchPlaces } from './watch-places.ts';
import { readCursor, streamChanges, type Watched } from './watch-stream.ts';

const PROJECT = '/api/v1/projects/:project';
const CHANGES = `${PROJECT}/changes`;
const Named = Type.Optional(Type.String({ maxLength: 128 }));

interface HistoryRoutesDeps {
  readonly history: History;
  readonly watchers: Watchers;
  readonly hub: PresenceHub;
  /** Who a request that is still being answered speaks for by now; null: nobody any more. */
  readonly principalNow: (request: FastifyRequest) => Promise<Principal | null>;
  readonly heartbeatMs: number;
}

export function historyRoutes(app: Api, deps: HistoryRoutesDeps): void {
  changeReads(app, deps);
  revertRoute(app, deps);
  watchRoute(app, deps);
}

function changeReads(app: Api, { history }: Pick<HistoryRoutesDeps, 'history'>): void {
  const querystring = Type.Object(
    { ...pageQuery.properties, environment: Named, flag: Named, segment: Named },
    { additionalProperties: false },
  );
  app.get(
    CHANGES,
    {
      config: { needs: 'read' },
      schema: {
        summary: 'Changes of a project, newest first; by environment, flag and segment when they are named',
        querystring,
        response: { 200: pageOf('Change', ref(ChangeSchema)), ...problems },
      },
    },
    async (request) => {
      const page = readPage(request.query);
      const { environment, flag, segment } = request.query;
      const view = await history.viewOf(projectOf(request), rightsOf(request));
      const filter = { environment, flag, segment, before: readNumberBelow(page.after), limit: page.limit + 1 };
      return toPage(
        await history.list(view, filter),
        page.limit,
        (one) => String(one.number),
        (one) => history.show(view, one),
      );
    },
  );

  app.get(
    `${CHANGES}/:change`,
    { config: { needs: 'read' }, schema: { summary: 'A change', response: { 200: ref(ChangeSchema), ...problems } } },
    async (request) => {
      const view = await history.viewOf(projectOf(request), rightsOf(request));
      return history.show(view, await history.recordOf(view, changeOf(request)));
    },
  );

  app.get(
    `${CHANGES}/:change/edits`,
    {
      config: { needs: 'read' },
      schema: {
        summary: 'What a change did to each flag and segment: as it was before, and after',
        response: { 200: ref(ChangeEditsSchema), ...problems },
      },
    },
    async (request) => history.edits(await history.viewOf(projectOf(request), rightsOf(request)), changeOf(request)),
  );
}

function revertRoute(app: Api, { history }: Pick<HistoryRoutesDeps, 'history'>): void {
  app.post(
    `${CHANGES}/:change/revert`,
    {
      config: { needs: 'edit parts' },
      schema: {
        summary: 'Puts back what a change did, as a new change; refused when somebody edited the same since',
        body: ref(RevertSchema),
        response: { 201: ref(ChangeSchema), 202: ref(ChangeSchema), ...problems },
      },
    },
    async (request, reply) => {
      const command = commandOf(request, 'change.revert');
      return sendWritten(reply, await history.revert(command, projectOf(request), changeOf(request), request.body));
    },
  );
}

function watchRoute(app: Api, deps: HistoryRoutesDeps): void {
  const { history, watchers, hub, heartbeatMs } = deps;
  const places = createWatchPlaces();

  async function watchedBy({ rights, person }: Principal, project: Scope['project'], key: string | undefined) {
    const view = await history.viewOf(project, rights);
    const asked = key === undefined ? view.sight.environmentIds : [named(view, key, 'query.environment').id];
    return { rights, personId: person?.personId ?? null, view, asked } satisfies Watched;
  }

  app.get(
    `${PROJECT}/watch`,
    {
      config: { needs: 'read' },
      schema: {
        summary: 'Applied changes as server-sent events, as they are published, and who is present',
        querystring: Type.Object({ environment: Named }, { additionalProperties: false }),
        response: problems,
      },
    },
    async (request, reply) => {
      const project = projectOf(request);
      const { environment } = request.query;
      const watched = await watchedBy(principalOf(request), project, environment);
      const cursor = readCursor(request.headers['last-event-id'], await watchers.now(watched.asked));
      const look = async (): Promise<Watched | null> => {
        const principal = await deps.principalNow(request);
        if (principal === null || principal.rights.somewhereIn(project.id) === null) return null;
        const next = await watchedBy(principal, project, undefined);
        const asked = environment === undefined ? next.asked : next.asked.filter((id) => watched.asked.includes(id));
        return asked.length === 0 && watched.asked.length > 0 ? null : { ...next, asked };
      };
      // From here on nothing fails before the stream is there, whose end gives the place back.
      const leave = places.enter(principalOf(request).id);
      reply.raw.on('close', leave);
      reply.hijack();
      streamChanges(request.method, reply.raw, { watchers, hub, project, watched, cursor, heartbeatMs, look });
    },
  );
}

function changeOf(request: FastifyRequest): string {
  return String((request.params as Record<string, unknown>)['change']);
}
