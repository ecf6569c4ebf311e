/**
 * The two addresses by which a browser leaves for a provider and comes back. They are visited, not called: what goes wrong
 * is told by the sign-in page, at `/sign-in?problem=…`.
 */
import type { Logger } from '@flaghoist/runtime/telemetry';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Api } from '../../platform/api.ts';
import { isAway, OutcomeUnknownError } from '../../platform/database.ts';
import { Refusal } from '../../platform/refusal.ts';
import type { RequestOrigin } from './request-origin.ts';
import type { Sent, SingleSignOn } from './sso.ts';
import { visitorOf } from './visits.ts';

interface SsoRoutesDeps {
  readonly sso: SingleSignOn;
  readonly origin: RequestOrigin;
  readonly logger: Logger;
}

export function ssoRoutes(app: Api, { sso, origin, logger }: SsoRoutesDeps): void {
  // HEAD must not spend a sign-in.
  const route = { config: { needs: 'public' }, schema: { hide: true }, exposeHeadRoute: false } as const;

  app.get('/api/v1/sign-in/:connection/start', route, (request, reply) =>
    visit(request, reply, () => sso.begin(keyOf(request), queryOf(request)['to'], origin.originOf(request))),
  );

  app.get('/api/v1/sign-in/:connection/callback', route, (request, reply) =>
    visit(request, reply, () =>
      sso.complete(keyOf(request), {
        url: request.url,
        cookieHeader: request.headers.cookie,
        origin: origin.originOf(request),
        from: visitorOf(request, origin),
      }),
    ),
  );

  async function visit(request: FastifyRequest, reply: FastifyReply, work: () => Promise<Sent>): Promise<FastifyReply> {
    const sent = await work().catch((error: unknown): Sent => {
      if (error instanceof Refusal) return { ok: false, problem: error.code, cookies: [] };
      if (isAway(error) || error instanceof OutcomeUnknownError)
        return { ok: false, problem: 'unavailable', cookies: [] };
      throw error;
    });
    if (!sent.ok && sent.cause !== undefined)
      logger.warn({ connection: keyOf(request), problem: sent.problem, cause: sent.cause.message }, 'a sign-in failed');
    const target = sent.ok
      ? sent.to
      : `/sign-in?problem=${sent.problem}&connection=${encodeURIComponent(keyOf(request))}`;
    return (
      reply
        // The address that is left holds a code.
        .headers({ 'cache-control': 'no-store', 'referrer-policy': 'no-referrer' })
        .header('set-cookie', [...sent.cookies])
        .redirect(target, 302)
    );
  }
}

function keyOf(request: FastifyRequest): string {
  return (request.params as { readonly connection: string }).connection;
}

function queryOf(request: FastifyRequest): Readonly<Record<string, string | undefined>> {
  const { query } = request;
  return Object.fromEntries(
    Object.entries(query as object).filter(([, value]) => typeof value === 'string'),
  ) as Readonly<Record<string, string>>;
}
