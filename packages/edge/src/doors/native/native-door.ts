/**
 * The native door: snapshots and streams for server and relay keys, exposures from server and client keys, receipts from
 * server keys. Rulesets leave here without `key` entities, but for edges (relay keys), which have questions of their own.
 * Refusals are problem documents.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { KeyKind } from '@flaghoist/protocol/keys';
import {
  AT_LEAST_HEADER,
  NATIVE_PATHS,
  ownRulesetPath,
  parseCursor,
  RULESET_MEDIA_TYPE,
  type Sha256,
} from '@flaghoist/protocol/ruleset';
import type { Logger } from '@flaghoist/runtime/telemetry';
import type { AccessIndex } from '../../access/access-index.ts';
import { presentedKey } from '../../access/credentials.ts';
import type { Admitted, Denial, Gate } from '../../access/gate.ts';
import type { Quotas } from '../../access/quotas.ts';
import type { ExposureIntake } from '../../intake/exposure-intake.ts';
import type { RequestKind } from '../../limits.ts';
import type { ReceiptIntake } from '../../receipts/receipt-intake.ts';
import type { Environment } from '../../replica/environment.ts';
import type { Consistency } from '../../replica/consistency.ts';
import type { Replica } from '../../replica/replica.ts';
import type { Part } from '../../replica/snapshot.ts';
import { corsHeaders, preflightHeaders } from '../cors.ts';
import type { DoorCounts } from '../door-counts.ts';
import { acceptsGzip, matchesTag, REVISION_HEADER, VARY_KEY } from '../headers.ts';
import { refuse, refuseExcess } from './refuse.ts';
import type { RelayDoor } from './relay-door.ts';
import type { Streams } from './streams.ts';

export interface NativeDoorOptions {
  readonly replica: Replica;
  readonly consistency: Consistency;
  readonly index: AccessIndex;
  readonly gate: Gate;
  readonly counts: DoorCounts;
  readonly quotas: Quotas;
  readonly streams: Streams;
  readonly relays: RelayDoor;
  readonly intake: ExposureIntake;
  readonly receipts: ReceiptIntake;
  readonly sha256: Sha256;
  readonly logger: Logger;
  readonly random: () => number;
}

type PathName = keyof typeof NATIVE_PATHS;

interface Place {
  readonly method: 'GET' | 'POST';
  readonly kinds: ReadonlySet<KeyKind>;
  readonly counted: RequestKind;
}

const PLACES: { readonly [name in PathName]: Place } = {
  ruleset: { method: 'GET', kinds: new Set<KeyKind>(['server', 'relay']), counted: 'ruleset' },
  stream: { method: 'GET', kinds: new Set<KeyKind>(['server', 'relay']), counted: 'stream' },
  exposures: { method: 'POST', kinds: new Set<KeyKind>(['server', 'client']), counted: 'exposures' },
  receipts: { method: 'POST', kinds: new Set<KeyKind>(['server']), counted: 'receipts' },
  environments: { method: 'GET', kinds: new Set<KeyKind>(['relay']), counted: 'ruleset' },
  keys: { method: 'GET', kinds: new Set<KeyKind>(['relay']), counted: 'evaluation' },
  forward: { method: 'POST', kinds: new Set<KeyKind>(['relay']), counted: 'exposures' },
};
/** Below it each server key has its ruleset at an address of its own. */
const OWN = `${NATIVE_PATHS.ruleset}/`;
const NAMES = new Map(Object.entries(NATIVE_PATHS).map(([name, path]): [string, PathName] => [path, name as PathName]));

export class NativeDoor {
  readonly #options: NativeDoorOptions;
  readonly #refusedStreams = { draining: 0, full: 0, of_key: 0, busy: 0 };

  constructor(options: NativeDoorOptions) {
    this.#options = options;
  }

  /** Streams that were not opened since the start, by why. */
  get refusedStreams(): Readonly<Record<string, number>> {
    return this.#refusedStreams;
  }

  handle(request: IncomingMessage, response: ServerResponse, path: string): void {
    const onFailed = (error: unknown): void => {
      this.#options.counts.failed();
      this.#options.logger.error({ err: error }, 'A request to the native door failed');
      refuse(response, 500, 'internal', 'The edge failed. Its log says why.');
    };
    try {
      this.#answer(request, response, path)?.catch(onFailed);
    } catch (error) {
      onFailed(error);
    }
  }

  #answer(request: IncomingMessage, response: ServerResponse, path: string): Later {
    const own = path.startsWith(OWN) ? path : null;
    const name = own === null ? NAMES.get(path) : 'ruleset';
    const { gate } = this.#options;
    if (name === undefined) {
      const tooMany = gate.stranger(request);
      if (tooMany !== null) sendDenial(response, tooMany);
      else refuse(response, 404, 'path_unknown', 'The native door has no such path.');
      return undefined;
    }
    const { method, kinds, counted } = PLACES[name];
    if (name === 'exposures' && this.#forBrowsers(request, response)) return undefined;
    if (request.method !== method) {
      const tooMany = gate.stranger(request);
      if (tooMany !== null) {
        sendDenial(response, tooMany);
        return undefined;
      }
      response.setHeader('allow', name === 'exposures' ? 'POST, OPTIONS' : method);
      refuse(response, 405, 'method_not_allowed', `Send a ${method}.`);
      return undefined;
    }
    const query = readQuery(request.url ?? '');
    const named = query.get('environment');
    const checked = gate.check(request, kinds, name === 'ruleset' || name === 'exposures' ? named : { named }, counted);
    return whenHere(checked, (credential) => {
      if (!credential.ok) sendDenial(response, credential);
      else if (name === 'ruleset') return this.#ruleset(request, response, credential, own);
      else return this.#serve(name, request, response, credential, query);
      return undefined;
    });
  }

  #ruleset(request: IncomingMessage, response: ServerResponse, admitted: Admitted, own: string | null): Later {
    const { replica, consistency, gate, sha256 } = this.#options;
    if (own !== null && own !== ownRulesetPath(presentedKey(request) ?? '', sha256)) {
      refuse(response, 403, 'address_not_of_key', 'This address belongs to another key.');
      return undefined;
    }
    return whenHere(consistency.check(request.headers, admitted), (unmet) => {
      const revoked = gate.recheck(admitted);
      const environment = replica.find(admitted.environment);
      if (revoked !== null) sendDenial(response, revoked);
      else if (environment === undefined) refuseUnloaded(response);
      else if (unmet !== null)
        refuse(response, unmet.status, unmet.code, unmet.detail, unmet.status === 409 ? '1' : null);
      else {
        const form = admitted.entry.kind === 'relay' ? environment.forRelays : environment;
        return sendSnapshot(request, response, environment, form, isShareable(request, admitted, own));
      }
      return undefined;
    });
  }

  async #serve(
    name: Exclude<PathName, 'ruleset'>,
    request: IncomingMessage,
    response: ServerResponse,
    admitted: Admitted,
    query: URLSearchParams,
  ): Promise<void> {
    const { replica, intake, receipts } = this.#options;
    if (name === 'exposures') await intake.take(request, response, admitted.environment);
    else if (name === 'receipts') await receipts.take(request, response, admitted.environment);
    else if (admitted.entry.kind === 'relay') await this.#serveRelay(name, request, response, admitted, query);
    else {
      const environment = replica.find(admitted.environment);
      if (environment === undefined) refuseUnloaded(response);
      else this.#stream(request, response, admitted, environment, query);
    }
  }

  async #serveRelay(
    name: Exclude<PathName, 'ruleset'>,
    request: IncomingMessage,
    response: ServerResponse,
    { entry }: Admitted,
    query: URLSearchParams,
  ): Promise<void> {
    const { relays } = this.#options;
    if (name === 'environments') relays.environments(response, entry, query);
    else if (name === 'keys') await relays.keys(response, query);
    else if (name === 'forward') await relays.forward(request, response, entry, query);
    else if (this.#mayStream(response, entry.id, relays.streams))
      relays.streams.open(response, entry.id, relays.wanted(entry, query));
  }

  /** Whether a stream can be opened now; else the request is answered. */
  #mayStream(response: ServerResponse, keyId: string, streams: Pick<Streams, 'refusal'>): boolean {
    const { random, quotas } = this.#options;
    const refusal = streams.refusal(keyId);
    if (refusal !== null) {
      this.#refusedStreams[refusal]++;
      const { status, detail } = STREAM_REFUSALS[refusal];
      const retryAfter = String(1 + Math.floor(random() * SPREAD_S[refusal]));
      refuse(response, status, `streams_${refusal}`, `${detail} Connect again later.`, retryAfter);
      return false;
    }
    const excess = quotas.ofStream();
    if (excess === null) return true;
    this.#refusedStreams.busy++;
    refuseExcess(response, 503, 'streams_busy', excess);
    return false;
  }

  #stream(
    request: IncomingMessage,
    response: ServerResponse,
    { entry }: Admitted,
    environment: Environment,
    query: URLSearchParams,
  ): void {
    const { streams } = this.#options;
    if (!this.#mayStream(response, entry.id, streams)) return;
    const last = request.headers['last-event-id'];
    const place = typeof last === 'string' && last !== '' ? last : (query.get('after') ?? '');
    streams.open(response, environment, entry.id, parseCursor(place));
  }

  /** Client keys send exposures from web pages. True when the request was a preflight and is answered. */
  #forBrowsers(request: IncomingMessage, response: ServerResponse): boolean {
    const { origin } = request.headers;
    const allowed = origin !== undefined && this.#options.index.allowsOrigin(origin);
    const preflight = request.method === 'OPTIONS';
    const tooMany = preflight ? this.#options.gate.preflight(request) : null;
    if (tooMany !== null) {
      sendDenial(response, tooMany);
      return true;
    }
    setHeaders(response, preflight ? preflightHeaders(request, allowed) : corsHeaders(request, allowed));
    if (!preflight) {
      response.setHeader('vary', `Origin, ${VARY_KEY}`);
      return false;
    }
    response.writeHead(204);
    response.end();
    return true;
  }
}

/** What goes on after the call returned, if anything does. */
type Later = Promise<void> | undefined;

/** Nearly always at once: a promise for what is here already costs more than looking it up did. */
function whenHere<T>(value: T | Promise<T>, step: (value: T) => Later): Later {
  return value instanceof Promise ? value.then(step) : step(value);
}

const STREAM_REFUSALS = {
  draining: { status: 503, detail: 'This edge is stopping.' },
  full: { status: 503, detail: 'This edge has as many streams as it holds.' },
  of_key: { status: 429, detail: 'This key has as many streams as it may.' },
} as const;
/** A place on a full edge comes free when a stream ends, which takes longer than finding another edge. */
const SPREAD_S = { draining: 5, full: 5, of_key: 30 } as const;

function sendDenial(response: ServerResponse, denial: Denial): void {
  if (denial.code === 'origin_not_allowed') response.removeHeader('access-control-allow-origin');
  if (denial.excess !== undefined) refuseExcess(response, 429, denial.code, denial.excess);
  else refuse(response, denial.status, denial.code, denial.detail, denial.status === 503 ? '1' : null);
}

function refuseUnloaded(response: ServerResponse): void {
  const detail = 'That environment is not loaded here. Ask again in a second.';
  refuse(response, 503, 'environment_not_loaded', detail, '1');
}

function sendSnapshot(
  request: IncomingMessage,
  response: ServerResponse,
  { id, current }: Environment,
  form: Pick<Environment, 'readSnapshot'>,
  shareable: boolean,
): Later {
  if (current !== null && matchesTag(request.headers['if-none-match'], `"${current.headHash}"`)) {
    response.writeHead(304, snapshotHeaders(current, shareable ? id : null));
    response.end();
    return undefined;
  }
  const gzip = acceptsGzip(request.headers['accept-encoding']);
  return whenHere(form.readSnapshot(), ({ mark, parts }) =>
    whenHere(gzip ? packed(parts) : parts.map(({ plain }) => plain), (buffers) => {
      if (response.destroyed) return undefined;
      const length = buffers.reduce((sum, buffer) => sum + buffer.length, 0);
      const headers = snapshotHeaders(mark, shareable ? id : null);
      headers.push('content-type', RULESET_MEDIA_TYPE, 'content-length', String(length));
      if (gzip) headers.push('content-encoding', 'gzip');
      response.writeHead(200, headers);
      const last = buffers.pop();
      for (const buffer of buffers) response.write(buffer);
      response.end(last);
      return undefined;
    }),
  );
}

function packed(parts: readonly Part[]): Buffer[] | Promise<Buffer[]> {
  const made: Buffer[] = [];
  for (const part of parts) {
    const gzip = part.gzip();
    if (gzip instanceof Promise) return Promise.all(parts.map(async (each) => each.gzip()));
    made.push(gzip);
  }
  return made;
}

/**
 * What a cache in front may do with a ruleset at its key's own address. A key that is revoked is refused there when both
 * times have passed, so they stay below five seconds together. Not `s-maxage`: it would forbid what comes after it.
 */
const SHAREABLE = 'public, max-age=2, stale-while-revalidate=2, stale-if-error=86400';

/** Whoever waits for a revision is not helped by what somebody else was answered. */
function isShareable({ headers }: IncomingMessage, { entry }: Admitted, own: string | null): boolean {
  return (
    own !== null && entry.kind === 'server' && headers[AT_LEAST_HEADER] === undefined && headers.baggage === undefined
  );
}

/**
 * A flat list, which Node writes as it is: an object of headers is gone through first. `environment`: caches may share it,
 * and are told by what to purge it; null: they may not.
 */
function snapshotHeaders(
  { headHash, token }: { readonly headHash: string; readonly token: string },
  environment: string | null,
): string[] {
  const vary = `Accept-Encoding, ${VARY_KEY}`;
  const headers = ['etag', `"${headHash}"`, 'vary', vary, REVISION_HEADER, token, 'cache-control'];
  if (environment === null) headers.push('private, no-cache');
  else headers.push(SHAREABLE, 'surrogate-key', `environment-${environment} head-${headHash}`);
  return headers;
}

function setHeaders(response: ServerResponse, headers: readonly string[]): void {
  for (let i = 0; i + 1 < headers.length; i += 2) response.setHeader(headers[i] ?? '', headers[i + 1] ?? '');
}

const NO_QUERY = new URLSearchParams();

function readQuery(url: string): URLSearchParams {
  const at = url.indexOf('?');
  return at < 0 ? NO_QUERY : new URLSearchParams(url.slice(at));
}
