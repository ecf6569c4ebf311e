/** The requests of an edge to the edge or server above it. */
import type { Failure, FetchListener } from '@flaghoist/client';
import type { WorkItem } from '@flaghoist/bus';
import {
  AT_LEAST_HEADER,
  type ForwardedItem,
  type KeyExistence,
  NATIVE_PATHS,
  type RelayEnvironments,
  RULESET_MEDIA_TYPE,
} from '@flaghoist/protocol/ruleset';
import type { OutgoingTls } from '@flaghoist/runtime/tls';
import {
  clientCertificateProblem,
  openTextStream,
  parseRetryAfter,
  request,
  type RequestResult,
} from '@flaghoist/runtime/http';

export interface UpstreamRequestsOptions {
  /** http: or https:, without a slash at its end. */
  readonly url: string;
  /** A relay key; asked for with each request. */
  readonly key: () => string;
  /** Absent: what Node believes. */
  readonly tls?: OutgoingTls | undefined;
}

/** Where a request goes, and as whom. */
interface Target {
  readonly base: string;
  readonly tls: OutgoingTls | undefined;
  readonly authorization: () => string;
}

/** Not the ruleset with this hash; what somebody waits for, as `Flaghoist-At-Least` says it. */
export interface Wanted {
  readonly etag: string | null;
  readonly atLeast: string | null;
}

export interface LinkListener {
  readonly onOpen: () => void;
  readonly onText: (text: string) => void;
  readonly onFailure: (failure: Failure) => void;
}

/** Of a stream there is no body. */
type Refused = Pick<RequestResult, 'status' | 'headers'> & { readonly body?: string };

/** An answer that is not what was asked for. */
export class UpstreamRefusal extends Error {
  override readonly name = 'UpstreamRefusal';
  readonly status: number;
  readonly retryAfterMs: number | null;

  constructor(what: string, { status, headers, body = '' }: Refused) {
    const stranger = clientCertificateProblem(status, body);
    super(`${what}: status ${status}${stranger === null ? (HINTS[status] ?? '.') : `: ${stranger}`}`);
    this.status = status;
    this.retryAfterMs = parseRetryAfter(headers['retry-after']);
  }
}

const HINTS: { readonly [status: number]: string } = {
  400: ': does whoever is there ask for a client certificate?',
  401: ': the relay key is not accepted; was it revoked?',
  403: ': the key may not do this; a relay key that lists the environment is needed.',
  404: ': there is no Flaghoist edge or server at this address.',
};
const SNAPSHOT_TIMEOUT_MS = 30_000;
const SNAPSHOT_MAX_BYTES = 256 * 1024 * 1024;
/** Until a stream's answer begins; after that the follower minds its silence. */
const STREAM_TIMEOUT_MS = 10_000;
const QUESTION_TIMEOUT_MS = 10_000;
const ANSWER_MAX_BYTES = 1024 * 1024;

export type UpstreamRequests = ReturnType<typeof createUpstreamRequests>;

export function createUpstreamRequests({ url, key, tls }: UpstreamRequestsOptions) {
  const authorization = (): string => `Bearer ${key()}`;
  const target: Target = { base: url, tls, authorization };

  async function ask(path: string, signal?: AbortSignal): Promise<unknown> {
    const answer = await request({
      url: `${url}${path}`,
      method: 'GET',
      headers: { authorization: authorization(), accept: 'application/json' },
      timeoutMs: QUESTION_TIMEOUT_MS,
      maxBytes: ANSWER_MAX_BYTES,
      tls,
      ...(signal === undefined ? {} : { signal }),
    });
    const what = `GET ${path.split('?')[0] ?? path}`;
    if (answer.status !== 200) throw new UpstreamRefusal(what, answer);
    return parse(what, answer.body);
  }

  return {
    /** Rejects with `UpstreamRefusal`, or with what kept the answer from coming. */
    async environments(held: readonly string[], signal: AbortSignal): Promise<RelayEnvironments> {
      const query = new URLSearchParams(held.map((id): [string, string] => ['held', id]));
      const value = await ask(`${NATIVE_PATHS.environments}?${String(query)}`, signal);
      const { environments, withdrawn } = (value ?? {}) as { readonly [name in keyof RelayEnvironments]?: unknown };
      if (!isTexts(environments) || !isTexts(withdrawn)) throw new Error('The answer is no list of environments.');
      return { environments, withdrawn };
    },

    /** Rejects when nobody could say. */
    async keyExists(id: string): Promise<boolean> {
      const value = (await ask(`${NATIVE_PATHS.keys}?id=${encodeURIComponent(id)}`)) as Partial<KeyExistence> | null;
      if (typeof value?.exists !== 'boolean') throw new Error('The answer does not say whether the key exists.');
      return value.exists;
    },

    /** How many of them whoever is above could not use. Rejects when they are not safe there. */
    async forward(queue: string, items: readonly WorkItem[], timeoutMs: number): Promise<number> {
      const answer = await request({
        url: `${url}${NATIVE_PATHS.forward}?queue=${encodeURIComponent(queue)}`,
        method: 'POST',
        headers: { authorization: authorization(), 'content-type': 'application/x-ndjson' },
        body: items.map(formatItem).join(''),
        timeoutMs,
        maxBytes: ANSWER_MAX_BYTES,
        tls,
      });
      const what = `POST ${NATIVE_PATHS.forward}`;
      if (answer.status !== 200) throw new UpstreamRefusal(what, answer);
      const dropped = (parse(what, answer.body) as { readonly dropped?: unknown } | null)?.dropped;
      if (typeof dropped !== 'number') throw new Error(`${what}: the answer does not say what became of it.`);
      return dropped;
    },

    snapshot: (environment: string, wanted: Wanted, listener: FetchListener) =>
      fetchSnapshot(target, environment, wanted, listener),

    /** `places`: environment to cursor. */
    stream: (places: ReadonlyMap<string, string>, listener: LinkListener) => openStream(target, places, listener),
  };
}

function fetchSnapshot(
  { base, tls, authorization }: Target,
  environment: string,
  { etag, atLeast }: Wanted,
  listener: FetchListener,
): () => void {
  const giveUp = new AbortController();
  const headers = {
    authorization: authorization(),
    accept: RULESET_MEDIA_TYPE,
    ...(etag === null ? {} : { 'if-none-match': `"${etag}"` }),
    ...(atLeast === null ? {} : { [AT_LEAST_HEADER]: atLeast }),
  };
  const url = `${base}${NATIVE_PATHS.ruleset}?environment=${encodeURIComponent(environment)}`;
  const limits = { timeoutMs: SNAPSHOT_TIMEOUT_MS, maxBytes: SNAPSHOT_MAX_BYTES, signal: giveUp.signal, tls };
  request({ url, method: 'GET', headers, ...limits }).then(
    (answer) => {
      if (giveUp.signal.aborted) return;
      if (answer.status === 200) listener.onRuleset(answer.body);
      else if (answer.status === 304) listener.onUnchanged();
      else listener.onFailure(failureOf(new UpstreamRefusal(`GET ${NATIVE_PATHS.ruleset}`, answer)));
    },
    (error: unknown) => {
      if (!giveUp.signal.aborted) listener.onFailure(failureOf(error));
    },
  );
  return () => giveUp.abort();
}

function openStream(
  { base, tls, authorization }: Target,
  places: ReadonlyMap<string, string>,
  { onOpen, onText, onFailure }: LinkListener,
): () => void {
  const query = new URLSearchParams([...places].map(([id, cursor]): [string, string] => ['after', `${id}:${cursor}`]));
  return openTextStream({
    url: `${base}${NATIVE_PATHS.stream}?${String(query)}`,
    headers: { authorization: authorization() },
    tls,
    mediaType: 'text/event-stream',
    timeoutMs: STREAM_TIMEOUT_MS,
    keepsAlive: true,
    onOpen,
    onText,
    onEnd: ({ refused, unanswered, message }) =>
      onFailure(
        refused === null
          ? { status: null, retryAfterMs: null, unanswered, message }
          : failureOf(new UpstreamRefusal(`GET ${NATIVE_PATHS.stream}`, refused)),
      ),
  });
}

function failureOf(error: unknown): Failure {
  if (error instanceof UpstreamRefusal)
    return { status: error.status, retryAfterMs: error.retryAfterMs, message: error.message };
  return { status: null, retryAfterMs: null, message: error instanceof Error ? error.message : String(error) };
}

function formatItem({ id, body }: WorkItem): string {
  const item: ForwardedItem = { id, body: Buffer.from(body).toString() };
  return `${JSON.stringify(item)}\n`;
}

function parse(what: string, text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw new Error(`${what}: the answer is not JSON.`);
  }
}

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((one) => typeof one === 'string');
}
