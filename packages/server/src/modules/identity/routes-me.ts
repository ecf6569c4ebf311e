import {
  CodeSchema,
  EndedSchema,
  MeEditSchema,
  pageOf,
  PasswordChangeSchema,
  PasswordSchema,
  PersonSchema,
  ref,
  SessionEntrySchema,
  SessionSchema,
  TotpBegunSchema,
} from '@flaghoist/protocol/management';
import { type Api, commandOf, problems, sendWritten } from '../../platform/api.ts';
import type { Identity } from './identity.ts';
import { keepOutOfCaches, meOf, visitorOf } from './visits.ts';

export function meRoutes(app: Api, identity: Identity): void {
  const { me, origin, cookies } = identity;

  app.get(
    '/api/v1/session',
    {
      config: { needs: 'person' },
      onRequest: keepOutOfCaches,
      schema: { summary: 'Who is signed in, and what they may do', response: { 200: ref(SessionSchema), ...problems } },
    },
    async (request) => me.session(meOf(request)),
  );

  app.post(
    '/api/v1/session/end',
    {
      config: { needs: 'person' },
      onRequest: keepOutOfCaches,
      schema: { summary: 'Signs out', response: { 200: ref(EndedSchema), ...problems } },
    },
    async (request, reply) => {
      const written = await me.end(commandOf(request, 'session.end'), meOf(request));
      return sendWritten(reply.header('set-cookie', cookies.clear(cookies.session)), written);
    },
  );

  app.patch(
    '/api/v1/me',
    {
      config: { needs: 'person' },
      schema: {
        summary: 'Changes one’s own name',
        body: ref(MeEditSchema),
        response: { 200: ref(PersonSchema), ...problems },
      },
    },
    async (request, reply) =>
      sendWritten(reply, await me.rename(commandOf(request, 'me.edit'), meOf(request), request.body.name)),
  );

  app.post(
    '/api/v1/me/password',
    {
      config: { needs: 'person' },
      onRequest: keepOutOfCaches,
      schema: {
        summary: 'Changes one’s own password; ends every other session',
        body: ref(PasswordChangeSchema),
        response: { 200: ref(SessionSchema), ...problems },
      },
    },
    async (request, reply) =>
      sendWritten(
        reply,
        await me.changePassword(
          commandOf(request, 'me.password'),
          meOf(request),
          request.body,
          visitorOf(request, origin),
        ),
      ),
  );

  sessionRoutes(app, identity);
  totpRoutes(app, identity);
}

function sessionRoutes(app: Api, { me }: Identity): void {
  app.get(
    '/api/v1/me/sessions',
    {
      config: { needs: 'person' },
      onRequest: keepOutOfCaches,
      schema: {
        summary: 'One’s own sessions, newest first',
        response: { 200: pageOf('SessionEntry', ref(SessionEntrySchema)), ...problems },
      },
    },
    async (request) => ({ items: await me.sessions(meOf(request)), next: null }),
  );

  app.post(
    '/api/v1/me/sessions/:session/revoke',
    {
      config: { needs: 'person' },
      schema: { summary: 'Ends one of one’s own sessions', response: { 200: ref(SessionEntrySchema), ...problems } },
    },
    async (request, reply) => {
      const { session } = request.params as { readonly session: string };
      return sendWritten(reply, await me.revokeSession(commandOf(request, 'session.revoke'), meOf(request), session));
    },
  );
}

function totpRoutes(app: Api, { totp, origin }: Identity): void {
  app.post(
    '/api/v1/me/totp',
    {
      config: { needs: 'person' },
      onRequest: keepOutOfCaches,
      schema: {
        summary: 'Begins to set up an authenticator app; nothing changes until a code confirms it',
        body: ref(PasswordSchema),
        response: { 201: ref(TotpBegunSchema), ...problems },
      },
    },
    async (request, reply) =>
      sendWritten(
        reply,
        await totp.begin(
          commandOf(request, 'me.totp.begin'),
          meOf(request),
          request.body.password,
          visitorOf(request, origin),
        ),
      ),
  );

  app.post(
    '/api/v1/me/totp/confirm',
    {
      config: { needs: 'person' },
      onRequest: keepOutOfCaches,
      schema: {
        summary: 'Turns the authenticator app on with its first code',
        body: ref(CodeSchema),
        response: { 200: ref(SessionSchema), ...problems },
      },
    },
    async (request, reply) =>
      sendWritten(
        reply,
        await totp.confirm(
          commandOf(request, 'me.totp.confirm'),
          meOf(request),
          request.body.code,
          visitorOf(request, origin),
        ),
      ),
  );

  app.post(
    '/api/v1/me/totp/remove',
    {
      config: { needs: 'person' },
      onRequest: keepOutOfCaches,
      schema: {
        summary: 'Removes the authenticator app and the recovery codes',
        body: ref(PasswordSchema),
        response: { 200: ref(SessionSchema), ...problems },
      },
    },
    async (request, reply) =>
      sendWritten(
        reply,
        await totp.remove(
          commandOf(request, 'me.totp.remove'),
          meOf(request),
          request.body.password,
          visitorOf(request, origin),
        ),
      ),
  );
}
