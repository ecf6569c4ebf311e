/**
 * The OFREP door (OpenFeature Remote Evaluation Protocol 0.3.0): single and bulk evaluation for server and client keys.
 *
 * For a client key, flags that are not visible to clients do not exist. Every evaluation that is answered is counted,
 * also in a bulk answer and in one that did not change (304): the edge cannot know which of them the application used.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { describeFlag, type EvaluationContext, evaluate, type Moment, type Ruleset } from '@flaghoist/evaluator';
import type { KeyKind } from '@flaghoist/protocol/keys';
import type { Sha256 } from '@flaghoist/protocol/ruleset';
import { type BodyResult, receiveBody } from '@flaghoist/runtime/http';
import type { Logger } from '@flaghoist/runtime/telemetry';
import type { AccessIndex } from '../../access/access-index.ts';
import type { Admitted, Denial, Gate } from '../../access/gate.ts';
import { excessHeaders } from '../../access/quotas.ts';
import type { Countable, EvaluationCounters } from '../../intake/evaluation-counters.ts';
import type { Current } from '../../replica/environment.ts';
import type { Consistency, Unmet } from '../../replica/consistency.ts';
import type { Replica } from '../../replica/replica.ts';
import { corsHeaders, preflightHeaders } from '../cors.ts';
import type { DoorCounts } from '../door-counts.ts';
import { matchesTag, REVISION_HEADER, VARY_KEY } from '../headers.ts';
import { BulkList } from './bulk-list.ts';
import { type ContextLimits, parseContext } from './context.ts';
import { type Audience, Items } from './items.ts';
import { RememberedAnswers } from './remembered-answers.ts';
import { parseRoute, type Route } from './route.ts';

export interface OfrepDoorOptions {
  readonly replica: Replica;
  readonly consistency: Consistency;
  readonly index: AccessIndex;
  readonly gate: Gate;
  readonly counts: DoorCounts;
  readonly counters: EvaluationCounters;
  readonly sha256: Sha256;
  /** Begins the moment of an evaluation. */
  readonly moment: () => Moment;
  readonly logger: Logger;
  readonly limits: ContextLimits & {
    readonly contextBytes: number;
    readonly bodyDeadlineMs: number;
    readonly rememberedBytes: number;
  };
}

type Known = Exclude<Route, { name: 'unknown' }>;

const KINDS: ReadonlySet<KeyKind> = new Set<KeyKind>(['server', 'client']);
const VARY = `Origin, ${VARY_KEY}`;
const JSON_TYPE = 'application/json';

export class OfrepDoor {
  readonly #options: OfrepDoorOptions;
  readonly #items: Items;
  readonly #remembered: RememberedAnswers;
  readonly #lists: { readonly [audience in Audience]: WeakMap<Ruleset, BulkList> } = {
    client: new WeakMap(),
    server: new WeakMap(),
  };

  constructor(options: OfrepDoorOptions) {
    this.#options = options;
    this.#items = new Items(options.sha256);
    this.#remembered = new RememberedAnswers(options.limits.rememberedBytes);
  }

  handle(request: IncomingMessage, response: ServerResponse, path: string): void {
    const exchange = { request, response, route: parseRoute(path) };
    this.#guard(exchange, () => this.#enter(exchange));
  }

  /** The environment has another ruleset, or is gone: nothing of the one before is held on to. */
  changed(environment: string): void {
    this.#remembered.forget(environment);
  }

  /** Steps may run later, where nobody else would hear of what they throw. */
  #guard(exchange: Exchange, step: () => void): void {
    try {
      step();
    } catch (error) {
      this.#options.counts.failed();
      this.#options.logger.error({ err: error }, 'An OFREP request failed');
      const { response } = exchange;
      if (response.headersSent) response.destroy();
      else sendError(exchange, 500, 'GENERAL', 'The edge failed. Its log says why.', []);
    }
  }

  /** Nearly always at once: waiting for a promise costs more than what is found out. */
  #then<T>(exchange: Exchange, value: T | Promise<T>, step: (value: T) => void): void {
    if (!(value instanceof Promise)) step(value);
    else
      value.then(
        (later) => this.#guard(exchange, () => step(later)),
        (error: unknown) =>
          this.#guard(exchange, () => {
            throw error;
          }),
      );
  }

  #enter(exchange: Exchange): void {
    const { gate, index } = this.#options;
    const { request, response, route } = exchange;
    const { origin } = request.headers;
    if (request.method === 'OPTIONS') {
      this.#preflight(request, response);
      return;
    }
    // Until the key is known, whether any key admits the origin decides if the page may read the refusal.
    const cors = (): readonly string[] => corsHeaders(request, origin !== undefined && index.allowsOrigin(origin));
    const isKnown = route.name !== 'unknown' && request.method === 'POST';
    const tooMany = isKnown ? null : gate.stranger(request);
    if (tooMany !== null) sendDenial(exchange, tooMany, cors());
    else if (route.name === 'unknown')
      sendError(exchange, 404, 'GENERAL', 'OFREP has no such endpoint: check the base URL of the provider.', cors());
    else if (request.method !== 'POST')
      sendError(exchange, 405, 'GENERAL', 'Send a POST.', [...cors(), 'allow', 'POST, OPTIONS']);
    else
      this.#then(exchange, gate.check(request, KINDS, null, 'evaluation'), (credential) => {
        if (credential.ok) this.#receive(exchange, route, credential, corsHeaders(request, true));
        else sendDenial(exchange, credential, credential.code === 'origin_not_allowed' ? [] : cors());
      });
  }

  #receive(exchange: Exchange, route: Known, admitted: Admitted, cors: readonly string[]): void {
    const { consistency, limits } = this.#options;
    const { request } = exchange;
    const { headers } = request;
    const onBody = (body: BodyResult): void =>
      this.#then(exchange, consistency.check(headers, admitted), (unmet) =>
        this.#evaluate(exchange, route, { admitted, body, unmet, cors }),
      );
    if (!hasBody(request)) onBody(NO_BODY);
    else
      receiveBody(request, { limitBytes: limits.contextBytes, deadlineMs: limits.bodyDeadlineMs }, (body) =>
        this.#guard(exchange, () => onBody(body)),
      );
  }

  #evaluate(exchange: Exchange, route: Known, { admitted, body, unmet, cors }: Received): void {
    const { replica, limits, gate } = this.#options;
    const { response } = exchange;
    const revoked = gate.recheck(admitted);
    if (revoked !== null) {
      sendDenial(exchange, revoked, cors);
      return;
    }
    const current = replica.find(admitted.environment)?.current ?? null;
    if (current === null) {
      sendError(exchange, 503, 'GENERAL', 'That environment is not loaded here.', [...cors, ...RETRY]);
      return;
    }
    const headers = [REVISION_HEADER, current.token, ...cors];
    if (!body.ok) {
      if (body.status === 413)
        send(response, 413, JSON.stringify({ errorDetails: body.detail }), [...NO_STORE, ...headers]);
      // A body that did not arrive in time is not waited for any longer.
      else
        sendError(exchange, body.status, 'GENERAL', body.detail, [...headers, ...(body.status === 408 ? CLOSE : [])]);
      return;
    }
    if (unmet !== null) {
      const more = unmet.status === 409 ? [...headers, ...RETRY] : headers;
      sendError(exchange, unmet.status, 'GENERAL', unmet.detail, more);
      return;
    }
    const asked = { admitted, current, headers };
    if (route.name === 'bulk' && this.#unchanged(exchange, asked, body.body)) return;
    const parsed = parseContext(body.body, limits);
    if (!parsed.ok) sendError(exchange, 400, 'INVALID_CONTEXT', parsed.details, headers);
    else if (route.name === 'bulk') this.#bulk(exchange, asked, parsed.context, body.body);
    else this.#single(exchange, route, asked, parsed.context);
  }

  #single(
    exchange: Exchange,
    { key }: Known & { readonly name: 'single' },
    { admitted, current, headers }: Asked,
    context: EvaluationContext,
  ): void {
    const { counters, moment } = this.#options;
    if (key === null) {
      sendError(exchange, 400, 'PARSE_ERROR', 'The key in the path is not valid percent-encoding.', headers);
      return;
    }
    const audience = audienceOf(admitted);
    const description = describeFlag(current.ruleset, key);
    if (description === undefined || (audience === 'client' && !description.clientVisible)) {
      sendError(exchange, 404, 'FLAG_NOT_FOUND', 'There is no flag with this key.', headers);
      return;
    }
    const item = this.#items.of(key, evaluate(current.ruleset, key, context, moment()), audience);
    counters.open(admitted.environment, current.head.revision).add(item);
    const { json, bytes, errorCode } = item;
    const status = errorCode === null ? 200 : errorCode === 'FLAG_NOT_FOUND' ? 404 : 400;
    send(exchange.response, status, json, [...NO_STORE, ...headers], bytes);
  }

  /** True: it is known what this context gets, it is what the caller has, and the caller was told so. */
  #unchanged({ request, response }: Exchange, { admitted, current, headers }: Asked, body: Buffer): boolean {
    const ifNoneMatch = request.headers['if-none-match'];
    if (ifNoneMatch === undefined) return false;
    const known = this.#remembered.find(body, this.#listOf(current.ruleset, audienceOf(admitted)));
    if (known === null || !matchesTag(ifNoneMatch, known.tag)) return false;
    const tally = this.#options.counters.open(admitted.environment, current.head.revision);
    for (const countable of known.counted) tally.add(countable);
    send(response, 304, null, ['etag', known.tag, ...REVALIDATE, ...headers]);
    return true;
  }

  #bulk(
    { request, response }: Exchange,
    { admitted, current, headers }: Asked,
    context: EvaluationContext,
    body: Buffer,
  ): void {
    const { counters, moment } = this.#options;
    const list = this.#listOf(current.ruleset, audienceOf(admitted));
    const tally = counters.open(admitted.environment, current.head.revision);
    const ifNoneMatch = request.headers['if-none-match'];
    const counted: Countable[] | null = ifNoneMatch === undefined ? null : [];
    const answer = list.answer(context, moment, tally, counted);
    if (counted !== null && answer.lasting)
      this.#remembered.keep(body, admitted.environment, list, { tag: answer.tag, counted });
    const all = ['etag', answer.tag, ...REVALIDATE, ...headers];
    if (matchesTag(ifNoneMatch, answer.tag)) send(response, 304, null, all);
    else send(response, 200, answer.body, all, answer.bytes);
  }

  #listOf(ruleset: Ruleset, audience: Audience): BulkList {
    const lists = this.#lists[audience];
    let list = lists.get(ruleset);
    if (list === undefined) {
      list = new BulkList(ruleset, this.#items, audience);
      lists.set(ruleset, list);
    }
    return list;
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

interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly route: Route;
}

interface Received {
  readonly admitted: Admitted;
  readonly body: BodyResult;
  readonly unmet: Unmet | null;
  readonly cors: readonly string[];
}

interface Asked {
  readonly admitted: Admitted;
  readonly current: Current;
  readonly headers: readonly string[];
}

const NO_BODY = { ok: true, body: Buffer.alloc(0) } as const;
const RETRY = ['retry-after', '1'];
const CLOSE = ['connection', 'close'];
const NO_STORE = ['cache-control', 'no-store'];
const REVALIDATE = ['cache-control', 'private, no-cache'];

function audienceOf({ entry }: Admitted): Audience {
  return entry.kind === 'client' ? 'client' : 'server';
}

function hasBody({ headers }: IncomingMessage): boolean {
  return headers['transfer-encoding'] !== undefined || (headers['content-length'] ?? '0') !== '0';
}

function sendDenial(exchange: Exchange, denial: Denial, cors: readonly string[]): void {
  const more =
    denial.excess !== undefined
      ? excessHeaders(denial.excess)
      : denial.status === 401
        ? ['www-authenticate', 'Bearer']
        : denial.status === 503
          ? RETRY
          : [];
  sendError(exchange, denial.status, 'GENERAL', denial.detail, [...cors, ...more]);
}

/** With `key`, except for bulk evaluation: without it providers report the answer as unexpected. */
function sendError(
  { response, route }: Exchange,
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
  if (body === null) {
    response.writeHead(status, ['vary', VARY, ...headers]);
    response.end();
    return;
  }
  const length = String(bytes);
  response.writeHead(status, ['content-type', JSON_TYPE, 'content-length', length, 'vary', VARY, ...headers]);
  response.end(body, bytes === body.length ? 'latin1' : 'utf8');
}
