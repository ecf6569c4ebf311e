import * as http from 'node:http';
import * as https from 'node:https';
import type { OutgoingTls } from '../tls/index.ts';
import { explainConnection } from './connection-problem.ts';
import { type Collected, collectBody, encodingOf } from './collect-body.ts';

export interface RequestOptions {
  /** http: or https:. */
  readonly url: string | URL;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
  /** For everything: connecting, sending, and the whole answer. */
  readonly timeoutMs: number;
  /** Of the answer's body after decompression. */
  readonly maxBytes: number;
  /** Gives the request up, with reason `aborted`. */
  readonly signal?: AbortSignal;
  /** For https: absent, what Node believes. */
  readonly tls?: OutgoingTls | undefined;
}

export interface RequestResult {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  readonly body: string;
}

/** No answer, or none that can be used; an answer of any status is no error. */
export class RequestError extends Error {
  override readonly name = 'RequestError';
  readonly reason: 'address' | 'connection' | 'timeout' | 'size' | 'encoding' | 'aborted';

  constructor(reason: RequestError['reason'], message: string, options?: ErrorOptions) {
    super(message, options);
    this.reason = reason;
  }
}

// One pool of connections for the whole process, and one for each OutgoingTls; an idle one does not keep the process alive.
const httpAgent = new http.Agent({ keepAlive: true, maxFreeSockets: 16 });
// Sessions are not resumed: what is resumed is not checked again, and outlives the certificate it began with.
const httpsAgent = new https.Agent({ keepAlive: true, maxFreeSockets: 16, maxCachedSessions: 0 });

const REPEATABLE = new Set(['GET', 'HEAD', 'OPTIONS', 'PUT', 'DELETE']);

/**
 * One request, over a kept connection where there is one; gzip is asked for and decoded; redirects are not followed.
 * Rejects with RequestError. A request that met a kept connection just being closed is sent once more on a new one,
 * when its method may be repeated.
 */
export async function request(options: RequestOptions): Promise<RequestResult> {
  const url = parseUrl(options.url);
  const deadline = performance.now() + options.timeoutMs;
  const first = await attempt(url, options, deadline, true);
  if (first !== 'closed') return first;
  const second = await attempt(url, options, deadline, false);
  if (second !== 'closed') return second;
  throw new RequestError('connection', `${describe(url, options)}: the connection was closed.`);
}

/** `closed`: a kept connection ended before anything was answered, and the request may be repeated. */
async function attempt(
  url: URL,
  options: RequestOptions,
  deadline: number,
  reuse: boolean,
): Promise<RequestResult | 'closed'> {
  const timeLeft = (): number => Math.max(0, Math.ceil(deadline - performance.now()));
  const outgoing = open(url, options, reuse);
  const giveUp = (reason: RequestError['reason'], what: string) =>
    outgoing.destroy(new RequestError(reason, `${describe(url, options)}: ${what}`));
  const timer = setTimeout(() => giveUp('timeout', `no answer within ${options.timeoutMs} ms.`), timeLeft());
  const onAbort = (): void => {
    giveUp('aborted', 'given up.');
  };
  if (options.signal?.aborted) onAbort();
  options.signal?.addEventListener('abort', onAbort, { once: true });
  try {
    const incoming = await answerTo(outgoing, options.body);
    clearTimeout(timer);
    return await readAnswer(incoming, url, options, timeLeft());
  } catch (error) {
    outgoing.destroy();
    if (error instanceof RequestError) throw error;
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    const stale = outgoing.reusedSocket && (code === 'ECONNRESET' || code === 'EPIPE');
    if (stale && REPEATABLE.has(options.method)) return 'closed';
    const why = error instanceof Error ? explainConnection(error) : String(error);
    throw new RequestError('connection', `${describe(url, options)}: ${why}.`, { cause: error });
  } finally {
    clearTimeout(timer);
    options.signal?.removeEventListener('abort', onAbort);
  }
}

function open(url: URL, { method, headers, body, tls }: RequestOptions, reuse: boolean): http.ClientRequest {
  const sent: Record<string, string | number> = { 'accept-encoding': 'gzip', ...lowerCased(headers) };
  if (body !== undefined) sent['content-length'] = Buffer.byteLength(body);
  if (url.protocol === 'http:') return http.request(url, { method, headers: sent, agent: reuse ? httpAgent : false });
  const { agent, context } = contextFor(url, tls) ?? { agent: httpsAgent, context: {} };
  return https.request(url, { method, headers: sent, ...(reuse ? { agent } : { ...context, agent: false }) });
}

function contextFor(url: URL, tls: OutgoingTls | undefined): ReturnType<OutgoingTls['use']> | undefined {
  try {
    return tls?.use();
  } catch (error) {
    throw new RequestError('connection', `${url.origin}: ${(error as Error).message}`, { cause: error });
  }
}

function answerTo(outgoing: http.ClientRequest, body: string | Uint8Array | undefined): Promise<http.IncomingMessage> {
  return new Promise((resolve, reject) => {
    outgoing.once('response', resolve);
    // Stays attached: a connection may also fail while the answer's body is read.
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

async function readAnswer(
  incoming: http.IncomingMessage,
  url: URL,
  options: RequestOptions,
  deadlineMs: number,
): Promise<RequestResult> {
  const fail = (reason: RequestError['reason'], what: string): never => {
    incoming.destroy();
    throw new RequestError(reason, `${describe(url, options)}: ${what}`);
  };
  const encoding = encodingOf(incoming);
  if (encoding === 'unsupported')
    return fail('encoding', `the content-encoding "${incoming.headers['content-encoding']}" was not asked for.`);
  const limits = { limitBytes: options.maxBytes, deadlineMs, gzip: encoding === 'gzip' };
  const collected = await new Promise<Collected>((resolve) => collectBody(incoming, limits, resolve));
  // gzip may end before the body does; the rest would block the connection.
  if (!incoming.readableEnded) incoming.destroy();
  if (collected.outcome === 'complete')
    return { status: incoming.statusCode ?? 0, headers: incoming.headers, body: collected.body.toString('utf8') };
  if (options.signal?.aborted) return fail('aborted', 'given up.');
  const failures = {
    late: ['timeout', `no whole answer within ${options.timeoutMs} ms.`],
    large: ['size', `the answer is larger than ${options.maxBytes} bytes.`],
    corrupt: ['encoding', 'the answer is not gzip, although it says so.'],
    incomplete: ['connection', 'the connection ended before the whole answer was received.'],
  } as const;
  const [reason, what] = failures[collected.outcome];
  return fail(reason, what);
}

function parseUrl(url: string | URL): URL {
  const parsed = URL.canParse(String(url)) ? new URL(url) : null;
  if (parsed === null || !/^https?:$/.test(parsed.protocol))
    throw new RequestError('address', `"${String(url)}" is not an http or https address.`);
  return parsed;
}

function lowerCased(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}

/** Without query and credentials, because this goes into logs. */
function describe(url: URL, { method }: RequestOptions): string {
  return `${method} ${url.origin}${url.pathname}`;
}
