/** The management API's HTTP shell: parsing, checking, problem documents, OpenAPI. Modules add their routes to it. */
import swagger from '@fastify/swagger';
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import * as management from '@flaghoist/protocol/management';
import { type Confirmation, CONFIRMATIONS } from '@flaghoist/protocol/ruleset';
import { sha256 } from '@flaghoist/runtime/crypto';
import type { Logger } from '@flaghoist/runtime/telemetry';
import {
  type FastifyBaseLogger,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
  fastify,
  type RawReplyDefaultExpression,
  type RawRequestDefaultExpression,
  type RawServerDefault,
  type RouteOptions,
} from 'fastify';
import { Type } from 'typebox';
import { compressLong } from './compression.ts';
import { isAway, OutcomeUnknownError } from './database.ts';
import { createLateCompilers } from './late-compilers.ts';
import type { Need, Principal, Scope } from './principal.ts';
import type { Rights } from './rights.ts';
import { type FieldProblem, invalid, Refusal } from './refusal.ts';
import { refuseHostileText, toFieldProblems } from './request-check.ts';
import type { ApiCounts } from './api-counts.ts';
import type { RequestLimits } from './request-limits.ts';

declare module 'fastify' {
  interface FastifyRequest {
    principal: Principal | null;
    scope: Scope | null;
  }
  interface FastifyContextConfig {
    needs?: Need;
  }
  interface FastifyInstance {
    /** Every route there is, those that the OpenAPI document leaves out too. */
    readonly listedRoutes: ListedRoute[];
  }
}

export interface ListedRoute {
  readonly method: string;
  /** As the router takes it: parameters with a colon. */
  readonly path: string;
  readonly needs: Need;
}

export type Api = FastifyInstance<
  RawServerDefault,
  RawRequestDefaultExpression,
  RawReplyDefaultExpression,
  FastifyBaseLogger,
  TypeBoxTypeProvider
>;

/** A segment of 100,000 keys of 36 characters is 4 MB. */
const BODY_LIMIT = 5 << 20;
const DETAIL_404 = 'There is no such path. GET /openapi.json lists them all.';

export async function createApi(deps: {
  readonly logger: Logger;
  readonly version: string;
  readonly limits: RequestLimits;
  readonly counts: ApiCounts;
  /** Answers a person's browser that asks for a page at a path without a route; null: it does not ask for one. */
  readonly pages: (request: FastifyRequest, reply: FastifyReply) => FastifyReply | null;
}): Promise<Api> {
  const app = fastify({
    bodyLimit: BODY_LIMIT,
    routerOptions: { caseSensitive: true, ignoreTrailingSlash: false, maxParamLength: 256 },
    ajv: {
      customOptions: {
        removeAdditional: false,
        coerceTypes: false,
        useDefaults: true,
        allErrors: true,
        allowUnionTypes: true,
        // A test has judged them; to compile what judges schemas takes longer than to compile a route.
        validateSchema: false,
      },
    },
    schemaController: { compilersFactory: createLateCompilers() },
    // A path that does not decode or is too long names nothing.
    frameworkErrors: (_error, _request, reply) => {
      void sendRefusal(new Refusal('not_found', DETAIL_404), reply);
    },
    schemaErrorFormatter: (errors, where) => {
      const problems = toFieldProblems(errors, where);
      return new Refusal('invalid_request', problems[0]?.message ?? 'The request is not valid.', { errors: problems });
    },
  }).withTypeProvider<TypeBoxTypeProvider>() as unknown as Api;
  app.removeContentTypeParser('text/plain');
  app.decorateRequest('principal', null);
  app.decorateRequest('scope', null);
  for (const schema of Object.values(management))
    if (typeof schema === 'object' && schema !== null && '$id' in schema) app.addSchema(schema);
  await app.register(swagger, openApiOptions(deps.version));
  app.addHook('onRoute', closeQuery);
  app.addHook('preValidation', async (request) => {
    refuseHostileText(request.body);
    refuseUnasked(request);
  });
  app.setErrorHandler((error, request, reply) => sendError(error as Error, request, reply, deps.logger));
  const routes = collectRoutes(app);
  app.setNotFoundHandler((request, reply) => sendRefusal(notFound(request, routes), reply));
  // Before a body is read: nothing is read for a path that is not there.
  app.addHook('onRequest', async (request, reply) => {
    reply.headers(guardsOf(request.url));
    reply.headers(deps.limits.ofAddress(request.raw));
    if (!request.is404) {
      refuseNul(request);
      return undefined;
    }
    const page = deps.pages(request, reply);
    if (page === null) throw notFound(request, routes);
    return page;
  });
  app.addHook('onSend', compressLong);
  app.addHook('onResponse', async (_request, reply) => {
    const isStream = String(reply.raw.getHeader('content-type') ?? '').startsWith('text/event-stream');
    deps.counts.note(reply.statusCode, isStream ? null : reply.elapsedTime / 1_000);
  });
  app.decorate('listedRoutes', []);
  app.addHook('onRoute', (route) => {
    const methods = [route.method].flat().filter((method) => method !== 'HEAD' && method !== 'OPTIONS');
    const needs = route.config?.needs;
    if (needs !== undefined) app.listedRoutes.push(...methods.map((method) => ({ method, path: route.url, needs })));
    else if (methods.length > 0) throw new Error(`${String(route.method)} ${route.url} does not say what it needs`);
  });
  return app;
}

/** No answer is taken for what it does not say it is; what the API tells one person is kept by no cache for another. */
function guardsOf(url: string): Readonly<Record<string, string>> {
  const cached = url.startsWith('/api/') ? { 'cache-control': 'no-store' } : {};
  return { 'x-content-type-options': 'nosniff', ...cached };
}

function refuseNul(request: FastifyRequest): void {
  if (Object.values(request.params as object).some((value) => String(value).includes('\0')))
    throw new Refusal('not_found', 'A path with U+0000 names nothing.');
}

/** A route that names no query members takes none. */
function closeQuery(route: RouteOptions): void {
  if (route.schema?.hide === true) return;
  route.schema = { querystring: Type.Object({}, { additionalProperties: false }), ...route.schema };
}

function refuseUnasked(request: FastifyRequest): void {
  const { body } = request;
  const isEmpty = body == null || (typeof body === 'object' && Object.keys(body).length === 0);
  if (!isEmpty && request.routeOptions.schema?.body === undefined)
    throw invalid('$', 'body', 'This request takes no body.');
}

/** Path patterns with the methods they take, for telling a wrong method from a wrong path. */
function collectRoutes(app: Api): ReadonlyMap<string, { readonly path: RegExp; readonly methods: Set<string> }> {
  const routes = new Map<string, { readonly path: RegExp; readonly methods: Set<string> }>();
  app.addHook('onRoute', ({ url, method }) => {
    const path = new RegExp(`^${url.replaceAll('.', '\\.').replaceAll(/:\w+/g, '[^/]+')}$`);
    const route = routes.get(url) ?? { path, methods: new Set<string>() };
    for (const one of Array.isArray(method) ? method : [method]) route.methods.add(one);
    routes.set(url, route);
  });
  return routes;
}

function notFound(request: FastifyRequest, routes: ReturnType<typeof collectRoutes>): Refusal {
  const path = request.url.split('?', 1)[0] ?? '';
  const route = [...routes.values()].find((one) => one.path.test(path));
  if (route === undefined) return new Refusal('not_found', DETAIL_404);
  const allow = [...route.methods].sort().join(', ');
  return new Refusal('method_not_allowed', `This path takes ${allow}.`, { headers: { allow } });
}

function openApiOptions(version: string) {
  return {
    openapi: {
      openapi: '3.1.0' as const,
      info: {
        title: 'Flaghoist management API',
        version,
        description:
          'Projects, environments, flags, segments, keys and their history. Errors are RFC 9457 problem documents with stable codes.',
        license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
      },
      components: {
        securitySchemes: {
          token: { type: 'http' as const, scheme: 'bearer' },
          session: {
            type: 'apiKey' as const,
            in: 'cookie' as const,
            name: 'flaghoist',
            description:
              '`__Host-flaghoist` over https. Writes also send `flaghoist-csrf`, as `GET /api/v1/session` told it.',
          },
        },
      },
      security: [{ token: [] }, { session: [] }],
    },
    refResolver: { buildLocalReference: (json: { $id?: unknown }) => String(json.$id) },
  };
}

/** The error answers every route may give. */
export const problems = {
  '4xx': management.ref(management.ProblemSchema),
  '5xx': management.ref(management.ProblemSchema),
};

export const pageQuery = Type.Object(
  {
    limit: Type.Optional(
      Type.String({ pattern: '^([1-9]|[1-9][0-9]|[1-4][0-9]{2}|500)$', description: '1 to 500; 100 when absent.' }),
    ),
    cursor: Type.Optional(Type.String({ maxLength: 512, description: 'The `next` of the page before.' })),
  },
  { additionalProperties: false },
);

export function sendRefusal(refusal: Refusal, reply: FastifyReply): FastifyReply {
  return reply
    .code(refusal.status)
    .headers(refusal.headers)
    .type('application/problem+json; charset=utf-8')
    .serializer((document: unknown) => JSON.stringify(document))
    .send(refusal.toDocument());
}

function sendError(error: Error, request: FastifyRequest, reply: FastifyReply, logger: Logger): FastifyReply {
  const refusal = toRefusal(error, request.method === 'GET' || request.method === 'HEAD');
  if (refusal.code === 'internal')
    logger.error({ error: error.stack, method: request.method, route: request.routeOptions.url }, 'a request failed');
  return sendRefusal(refusal, reply);
}

function toRefusal(error: Error, isRead: boolean): Refusal {
  if (error instanceof Refusal) return error;
  if (isRead && (error instanceof OutcomeUnknownError || isAway(error)))
    return new Refusal('unavailable', 'The database cannot be reached. Try again.', {
      headers: { 'retry-after': '2' },
    });
  if (error instanceof OutcomeUnknownError)
    return new Refusal(
      'outcome_unknown',
      'The database did not answer in time. Send the same request with the same Idempotency-Key again to learn what happened.',
      { headers: { 'retry-after': '2' } },
    );
  const { code, statusCode } = error as { code?: string; statusCode?: number };
  if (code === 'FST_ERR_CTP_BODY_TOO_LARGE' || statusCode === 413)
    return new Refusal('body_too_large', 'The body is larger than this request may be.');
  if (code === 'FST_ERR_CTP_INVALID_MEDIA_TYPE' || statusCode === 415)
    return new Refusal('unsupported_media_type', 'Send JSON with Content-Type: application/json.');
  if (statusCode === 400) return new Refusal('malformed_json', `The body cannot be read: ${error.message}`);
  if (isAway(error))
    return new Refusal(
      'outcome_unknown',
      'The database is not reachable. Send the same request with the same Idempotency-Key again.',
      { headers: { 'retry-after': '2' } },
    );
  return new Refusal('internal', 'The server’s log has the cause.');
}

/** The project that the path names. */
export function projectOf(request: FastifyRequest): Scope['project'] {
  if (request.scope === null) throw new Error(`${request.routeOptions.url ?? ''} has no project in its path`);
  return request.scope.project;
}

/** The environment that the path names. */
export function environmentOf(request: FastifyRequest): NonNullable<Scope['environment']> {
  const environment = request.scope?.environment ?? null;
  if (environment === null) throw new Error(`${request.routeOptions.url ?? ''} has no environment in its path`);
  return environment;
}

/** Who asks, on every route that is not public. */
export function principalOf(request: FastifyRequest): Principal {
  if (request.principal === null) throw new Error(`${request.routeOptions.url ?? ''} is public`);
  return request.principal;
}

/** What whoever asks may do. */
export function rightsOf(request: FastifyRequest): Rights {
  return principalOf(request).rights;
}

/** What a write's headers say about it. */
export function commandOf(
  request: FastifyRequest,
  action: string,
  actor: { readonly id: string; readonly name: string; readonly rights: Rights } = principalOf(request),
) {
  const { headers } = request;
  return {
    actor: { id: actor.id, name: actor.name },
    rights: actor.rights,
    action,
    reason: readReason(headers['flaghoist-reason']),
    confirmations: readConfirmations(headers['flaghoist-confirm']),
    idempotencyKey: readIdempotencyKey(headers['idempotency-key']),
    fingerprint: sha256(
      JSON.stringify([request.method, request.url, headers['if-match'] ?? null, request.body ?? null]),
    ),
  };
}

function readReason(header: string | string[] | undefined): string | null {
  if (header === undefined) return null;
  let reason: string | null = null;
  try {
    reason = decodeURIComponent(String(header));
  } catch {
    // Refused below, with the other ways to be wrong.
  }
  if (reason === null || reason.length > 1_024 || reason.includes('\0'))
    throw headerProblem('flaghoist-reason', 'Percent-encoded UTF-8 of at most 1,024 characters.');
  return reason;
}

function readConfirmations(header: string | string[] | undefined): readonly Confirmation[] {
  const asked = new Set(header === undefined ? [] : String(header).split(/ *, */));
  const known = CONFIRMATIONS.filter((one) => asked.delete(one));
  if (asked.size > 0)
    throw headerProblem('flaghoist-confirm', `One or several of ${CONFIRMATIONS.join(', ')}, with commas between.`);
  return known;
}

function readIdempotencyKey(header: string | string[] | undefined): string | null {
  if (header === undefined) return null;
  const key = String(header);
  if (!/^[\x21-\x7e]{16,255}$/.test(key))
    throw new Refusal(
      'idempotency_key_invalid',
      'An Idempotency-Key is 16 to 255 visible ASCII characters; a random UUID serves well.',
    );
  return key;
}

function headerProblem(name: string, message: string): Refusal {
  const problem: FieldProblem = { path: `header.${name}`, code: 'header', message };
  return new Refusal('invalid_request', message, { errors: [problem] });
}

/** Answers a write: its status, headers and body, and whether it is a replay. */
export function sendWritten(
  reply: FastifyReply,
  written: {
    readonly status: number;
    readonly body: unknown;
    readonly headers: Readonly<Record<string, string>>;
    readonly replayed: boolean;
  },
) {
  reply.headers(written.headers).code(written.status);
  if (written.replayed) reply.header('idempotency-replayed', 'true');
  // The answer was checked when it was made; statuses are typed per route, which a stored answer cannot be.
  return reply.send(written.body);
}
