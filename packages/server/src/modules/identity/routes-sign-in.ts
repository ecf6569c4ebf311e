import {
  CodeSchema,
  PasswordResetSchema,
  ref,
  SessionCreateSchema,
  SessionSchema,
  SetupAccountSchema,
  SetupSchema,
  SignInOptionsSchema,
  SignInSchema,
  TokenCreatedSchema,
} from '@flaghoist/protocol/management';
import { type Api, problems, sendWritten } from '../../platform/api.ts';
import type { Identity } from './identity.ts';
import { keepOutOfCaches, SIGN_IN_BODY_LIMIT, strangersCommand, visitorOf } from './visits.ts';

export function signInRoutes(
  app: Api,
  { identity, version }: { readonly identity: Identity; readonly version: string },
): void {
  const { origin, setup, signIn, connections } = identity;

  app.get(
    '/api/v1/sign-in',
    {
      config: { needs: 'public' },
      onRequest: keepOutOfCaches,
      schema: {
        summary: 'How one can sign in here, and whether this address is safe for it',
        security: [],
        response: { 200: ref(SignInOptionsSchema), ...problems },
      },
    },
    async (request) => {
      const problem = origin.problem(request);
      return {
        isSetUp: await setup.isDone(),
        connections: [...(await connections.offered())],
        version,
        secure: problem === null,
        problem,
      };
    },
  );

  setupRoutes(app, identity);

  app.post(
    '/api/v1/session',
    {
      bodyLimit: SIGN_IN_BODY_LIMIT,
      config: { needs: 'public' },
      onRequest: [keepOutOfCaches, async (request) => origin.refuseForeign(request)],
      schema: {
        summary: 'Signs in with a password; sets the session cookie, or asks for a code',
        security: [],
        body: ref(SessionCreateSchema),
        response: { 201: ref(SignInSchema), ...problems },
      },
    },
    async (request, reply) =>
      sendWritten(
        reply,
        await signIn.withPassword(
          strangersCommand(request, 'session.create', 'sign-in'),
          request.body,
          visitorOf(request, origin),
        ),
      ),
  );

  app.post(
    '/api/v1/session/code',
    {
      bodyLimit: SIGN_IN_BODY_LIMIT,
      config: { needs: 'public' },
      onRequest: [keepOutOfCaches, async (request) => origin.refuseForeign(request)],
      schema: {
        summary: 'The second step of signing in: a code of the authenticator app, or a recovery code',
        security: [],
        body: ref(CodeSchema),
        response: { 201: ref(SignInSchema), ...problems },
      },
    },
    async (request, reply) =>
      sendWritten(
        reply,
        await signIn.withCode(
          strangersCommand(request, 'session.create', 'sign-in'),
          { cookieHeader: request.headers.cookie, code: request.body.code },
          visitorOf(request, origin),
        ),
      ),
  );

  resetRoute(app, identity);
}

function resetRoute(app: Api, { passwordResets, origin }: Identity): void {
  app.post(
    '/api/v1/password/reset',
    {
      bodyLimit: SIGN_IN_BODY_LIMIT,
      config: { needs: 'public' },
      onRequest: [keepOutOfCaches, async (request) => origin.refuseForeign(request)],
      schema: {
        summary: 'Sets a password with the secret of a reset link, once, and signs in',
        security: [],
        body: ref(PasswordResetSchema),
        response: { 201: ref(SignInSchema), ...problems },
      },
    },
    async (request, reply) =>
      sendWritten(
        reply,
        await passwordResets.complete(
          strangersCommand(request, 'password.reset', 'reset link'),
          request.body,
          visitorOf(request, origin),
        ),
      ),
  );
}

function setupRoutes(app: Api, { origin, setup }: Identity): void {
  app.post(
    '/api/v1/setup',
    {
      bodyLimit: SIGN_IN_BODY_LIMIT,
      config: { needs: 'public' },
      schema: {
        summary: 'Completes a new installation, once; answers its first admin token',
        security: [],
        body: ref(SetupSchema),
        response: { 201: ref(TokenCreatedSchema), ...problems },
      },
    },
    async (request, reply) =>
      sendWritten(
        reply,
        await setup.completeWithToken(
          strangersCommand(request, 'setup', 'setup'),
          request.body.setup,
          request.body.name ?? 'admin',
        ),
      ),
  );

  app.post(
    '/api/v1/setup/account',
    {
      bodyLimit: SIGN_IN_BODY_LIMIT,
      config: { needs: 'public' },
      onRequest: [keepOutOfCaches, async (request) => origin.refuseForeign(request)],
      schema: {
        summary: 'Completes a new installation, once, with its first account, and signs it in; recovers a lost one',
        security: [],
        body: ref(SetupAccountSchema),
        response: { 201: ref(SessionSchema), ...problems },
      },
    },
    async (request, reply) =>
      sendWritten(
        reply,
        await setup.completeWithAccount(
          strangersCommand(request, 'setup', request.body.name),
          request.body,
          visitorOf(request, origin),
        ),
      ),
  );
}
