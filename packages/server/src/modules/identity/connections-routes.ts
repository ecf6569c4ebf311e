import {
  ConnectionCreateSchema,
  ConnectionEditSchema,
  ConnectionSchema,
  pageOf,
  ref,
} from '@flaghoist/protocol/management';
import { type Api, commandOf, pageQuery, problems, sendWritten } from '../../platform/api.ts';
import { readPage, toPage } from '../../platform/page.ts';
import type { Connections } from './connections.ts';

const CONNECTIONS = '/api/v1/connections';
const config = { needs: 'administer installation' } as const;

export function connectionRoutes(app: Api, connections: Connections): void {
  const keyOf = (params: unknown): string => (params as { readonly connection: string }).connection;

  app.get(
    CONNECTIONS,
    {
      config,
      schema: {
        summary: 'Connections: providers that people sign in with',
        querystring: pageQuery,
        response: { 200: pageOf('Connection', ref(ConnectionSchema)), ...problems },
      },
    },
    async (request) => {
      const { after, limit } = readPage(request.query);
      const found = await connections.list(after ?? '', limit + 1);
      return toPage(
        found,
        limit,
        ({ key }) => key,
        (one) => one,
      );
    },
  );

  app.post(
    CONNECTIONS,
    {
      config,
      schema: {
        summary: 'Makes a connection to an OpenID Connect provider',
        body: ref(ConnectionCreateSchema),
        response: { 201: ref(ConnectionSchema), ...problems },
      },
    },
    async (request, reply) =>
      sendWritten(reply, await connections.create(commandOf(request, 'connection.create'), request.body)),
  );

  app.patch(
    `${CONNECTIONS}/:connection`,
    {
      config,
      schema: {
        summary: 'Edits a connection',
        body: ref(ConnectionEditSchema),
        response: { 200: ref(ConnectionSchema), ...problems },
      },
    },
    async (request, reply) =>
      sendWritten(
        reply,
        await connections.edit(
          commandOf(request, 'connection.edit'),
          keyOf(request.params),
          request.headers['if-match'],
          request.body,
        ),
      ),
  );

  app.post(
    `${CONNECTIONS}/:connection/archive`,
    { config, schema: { summary: 'Archives a connection', response: { 200: ref(ConnectionSchema), ...problems } } },
    async (request, reply) =>
      sendWritten(
        reply,
        await connections.archive(
          commandOf(request, 'connection.archive'),
          keyOf(request.params),
          request.headers['if-match'],
        ),
      ),
  );
}
