/**
 * The OFREP door (OpenFeature Remote Evaluation Protocol 0.3.0): single and bulk evaluation for server and client keys.
 *
 * For a client key, flags that are not visible to clients do not exist. Every evaluation that is answered is counted,
 * also in a bulk answer and in one that did not change (304): the edge cannot know which of them the application used.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import {
  describeFlag,
  type EvaluationContext,
  evaluate,
  flagKeys,
  type Moment,
  type Ruleset,
} from '@flaghoist/evaluator';
import type { KeyKind } from '@flaghoist/protocol/keys';
import type { Sha256 } from '@flaghoist/protocol/ruleset';
import { readBody } from '@flaghoist/runtime/http';
import type { Logger } from '@flaghoist/runtime/telemetry';
import type { AccessIndex } from '../../access/access-index.ts';
import type { Admitted, Denial, Gate } from '../../access/gate.ts';
import { excessHeaders } from '../../access/quotas.ts';
import type { EvaluationCounters } from '../../intake/evaluation-counters.ts';
import type { Current } from '../../replica/environment.ts';
import type { Consistency } from '../../replica/consistency.ts';
import type { Replica } from '../../replica/replica.ts';
import { corsHeaders, preflightHeaders } from '../cors.ts';
import { matchesTag, REVISION_HEADER, VARY_KEY } from '../headers.ts';
import { type ContextLimits, parseContext } from './context.ts';
import { type Audience, Items } from './items.ts';
import { parseRoute, type Route } from './route.ts';

export interface OfrepDoorOptions {
  readonly replica: Replica;
  readonly consistency: Consistency;
  readonly index: AccessIndex;
  readonly gate: Gate;
  readonly counters: EvaluationCounters;
  readonly sha256: Sha256;
  /** Begins the moment of an evaluation. */
  readonly moment: () => Moment;
  readonly logger: Logger;
  readonly limits: ContextLimits & { readonly contextBytes: number; readonly bodyDeadlineMs: number };
}

type Known = Exclude<Route, { name: 'unknown' }>;

const KINDS: ReadonlySet<KeyKind> = new Set<KeyKind>(['server', 'client']);
const VARY = ['vary', `Origin, ${VARY_KEY}`];

export class OfrepDoor {
  readonly #options: OfrepDoorOptions;
  readonly #items = new Items();
  readonly #visible = new WeakMap<Ruleset, readonly string[]>();

  constructor(options: OfrepDoorOptions) {
    this.#options = options;
  }

  handle(request: IncomingMessage, response: ServerResponse, path: string): void {
    const route = parseRoute(path);
    this.#answer(request, response, route).catch((error: unknown) => {
      this.#options.logger.error({ err: error }, 'An OFREP request failed');
      if (response.headersSent) response.destroy();
      else sendError(response, route, 500, 'GENERAL', 'The edge failed. Its log says why.', []);
    });
  }

  async #answer(request: IncomingMessage, response: ServerResponse, route: Route): Promise<void> {
    const { gate, index } = this.#options;
    const { origin } = request.headers;
    if (request.method === 'OPTIONS') {
      this.#preflight(request, response);
      return;
    }
    // Until the key is known, whether any key admits the origin decides if the page may read the refusal.
    const cors = corsHeaders(request, origin !== undefined && index.allowsOrigin(origin));
    const isKnown = route.name !== 'unknown' && request.method === 'POST';
    const tooMany = isKnown ? null : gate.stranger(request);
    if (tooMany !== null) {
      sendDenial(response, route, tooMany, cors);
      return;
    }
    if (route.name === 'unknown') {
      sendError(
        response,
        route,
        404,
        'GENERAL',
        'OFREP has no such endpoint: check the base URL of the provider.',
        cors,
      );
      return;
    }
    if (request.method !== 'POST') {
      sendError(response, route, 405, 'GENERAL', 'Send a POST.', [...cors, 'allow', 'POST, OPTIONS']);
      return;
    }
    const checked = gate.check(request, KINDS, null, 'evaluation');
    const credential = checked instanceof Promise ? await checked : checked;
    if (credential.ok) await this.#evaluate(request, response, route, credential);
    else sendDenial(response, route, credential, credential.code === 'origin_not_allowed' ? [] : cors);
  }

  async #evaluate(request: IncomingMessage, response: ServerResponse, route: Known, admitted: Admitted): Promise<void> {
    const { replica, consistency, limits } = this.#options;
    const cors = corsHeaders(request, true);
    const body = hasBody(request)
      ? await readBody(request, { limitBytes: limits.contextBytes, deadlineMs: limits.bodyDeadlineMs })
      : NO_BODY;
    const checked = consistency.check(request.headers, admitted.environment);
    const unmet = checked instanceof Promise ? await checked : checked;
    const current = replica.find(admitted.environment)?.current ?? null;
    if (current === null) {
      sendError(response, route, 503, 'GENERAL', 'That environment is not loaded here.', [...cors, ...RETRY]);
      return;
    }
    const headers = [...cors, REVISION_HEADER, current.token];
    if (!body.ok) {
      if (body.status === 413)
        send(response, 413, JSON.stringify({ errorDetails: body.detail }), [...NO_STORE, ...headers]);
      // A body that did not arrive in time is not waited for any longer.
      else
        sendError(response, route, body.status, 'GENERAL', body.detail, [
          ...headers,
          ...(body.status === 408 ? CLOSE : []),
        ]);
      return;
    }
    if (unmet !== null) {
      const more = unmet.status === 409 ? [...headers, ...RETRY] : headers;
      sendError(response, route, unmet.status, 'GENERAL', unmet.detail, more);
      return;
    }
    const parsed = parseContext(body.body, limits);
    if (!parsed.ok) sendError(response, route, 400, 'INVALID_CONTEXT', parsed.details, headers);
    else if (route.name === 'bulk')
      this.#bulk(request, response, { admitted, current, context: parsed.context, headers });
    else this.#single(response, route, { admitted, current, context: parsed.context, headers });
  }

  #single(response: ServerResponse, route: Known & { readonly name: 'single' }, question: Question): void {
    const { key } = route;
    const { admitted, current, context, headers } = question;
    if (key === null) {
      sendError(response, route, 400, 'PARSE_ERROR', 'The key in the path is not valid percent-encoding.', headers);
      return;
    }
    const audience = audienceOf(admitted);
    const description = describeFlag(current.ruleset, key);
    if (description === undefined || (audience === 'client' && !description.clientVisible)) {
      sendError(response, route, 404, 'FLAG_NOT_FOUND', 'There is no flag with this key.', headers);
      return;
    }
    const evaluation = evaluate(current.ruleset, key, context, this.#options.moment());
    this.#options.counters.record(admitted.environment, key, evaluation, current.head.revision);
    const { json, bytes, errorCode } = this.#items.of(key, evaluation, audience);
    const status = errorCode === null ? 200 : errorCode === 'FLAG_NOT_FOUND' ? 404 : 400;
    send(response, status, json, [...NO_STORE, ...headers], bytes);
  }

  #bulk(request: IncomingMessage, response: ServerResponse, { admitted, current, context, headers }: Question): void {
    const { counters, sha256, moment } = this.#options;
    const audience = audienceOf(admitted);
    const { ruleset, head } = current;
    let body = '{"flags":[';
    let bytes = BULK_END.length + body.length;
    let separator = '';
    for (const key of this.#keysFor(ruleset, audience)) {
      const evaluation = evaluate(ruleset, key, context, moment());
      counters.record(admitted.environment, key, evaluation, head.revision);
      const item = this.#items.of(key, evaluation, audience);
      body += separator + item.json;
      bytes += separator.length + item.bytes;
      separator = ',';
    }
    body += BULK_END;
    // Of the answer and of nothing else: providers send the tag of one context along with another context.
    const tag = `"${sha256(body)}"`;
    const all = ['etag', tag, 'cache-control', 'private, no-cache', ...headers];
    if (matchesTag(request.headers['if-none-match'], tag)) send(response, 304, null, all);
    else send(response, 200, body, all, bytes);
  }

  #keysFor(ruleset: Ruleset, audience: Audience): readonly string[] {
    if (audience === 'server') return flagKeys(ruleset);
    let keys = this.#visible.get(ruleset);
    if (keys === undefined) {
      keys = flagKeys(ruleset).filter((key) => describeFlag(ruleset, key)?.clientVisible === true);
      this.#visible.set(ruleset, keys);
    }
    return keys;
  }

  #preflight(request: IncomingMessage, response: ServerResponse): void {
    const { index, replica, gate } = this.#options;
    const { origin } = request.headers;
    const tooMany = gate.preflight(request);
    if (tooMany?.excess !== undefined) response.writeHead(429, [...excessHeaders(tooMany.excess)]);
    else if (replica.anyLoaded)
      response.writeHead(204, [...preflightHeaders(request, index.allowsOrigin(origin ?? ''))]);
    else response.writeHead(503, [...preflightHeaders(request, false), ...RETRY]);
    response.end();
  }
}

interface Question {
  readonly admitted: Admitted;
  readonly current: Current;
  readonly context: EvaluationContext;
  readonly headers: readonly string[];
}

const NO_BODY = { ok: true, body: Buffer.alloc(0) } as const;
const BULK_END = ']}';
const RETRY = ['retry-after', '1'];
const CLOSE = ['connection', 'close'];
const NO_STORE = ['cache-control', 'no-store'];

function audienceOf({ entry }: Admitted): Audience {
  return entry.kind === 'client' ? 'client' : 'server';
}

function hasBody({ headers }: IncomingMessage): boolean {
  return headers['transfer-encoding'] !== undefined || (headers['content-length'] ?? '0') !== '0';
}

function sendDenial(response: ServerResponse, route: Route, denial: Denial, cors: readonly string[]): void {
  const more =
    denial.excess !== undefined
      ? excessHeaders(denial.excess)
      : denial.status === 401
        ? ['www-authenticate', 'Bearer']
        : denial.status === 503
          ? RETRY
          : [];
  sendError(response, route, denial.status, 'GENERAL', denial.detail, [...cors, ...more]);
}

/** With `key`, except for bulk evaluation: without it providers report the answer as unexpected. */
function sendError(
  response: ServerResponse,
  route: Route,
  status: number,
  errorCode: string,
  errorDetails: string,
  headers: readonly string[],
): void {
  const key = route.name === 'bulk' ? undefined : route.name === 'single' ? (route.key ?? route.raw) : '';
  send(response, status, JSON.stringify({ key, errorCode, errorDetails }), [...NO_STORE, ...headers]);
}

/** `bytes`: those of the body, when they are known. A body of as many characters as bytes is ASCII, which is faster. */
function send(
  response: ServerResponse,
  status: number,
  body: string | null,
  headers: readonly string[],
  bytes = body === null ? 0 : Buffer.byteLength(body),
): void {
  const content = body === null ? [] : ['content-type', 'application/json', 'content-length', String(bytes)];
  response.writeHead(status, [...content, ...VARY, ...headers]);
  if (body === null) response.end();
  else response.end(body, bytes === body.length ? 'latin1' : 'utf8');
}
