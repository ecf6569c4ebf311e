/** Speaks to a server exactly as told: paths and headers go out as they are, without the tidying of `fetch`. */
import { Agent, type IncomingHttpHeaders, request as httpRequest } from 'node:http';
import type { ProblemDocument } from '@flaghoist/protocol/management';

export interface ApiRequest {
  readonly method?: string;
  /** Sent as it is. */
  readonly path: string;
  readonly token?: string | undefined;
  /** A value is sent as JSON. */
  readonly body?: unknown;
  /** Sent as it is, instead of `body`. */
  readonly raw?: string | Buffer;
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
  /** How long the answer may take as a whole. Absent: 20 s. */
  readonly deadlineMs?: number;
}

export interface ApiAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

export interface ApiClient {
  send(request: ApiRequest): Promise<ApiAnswer>;
  close(): void;
}

const DEADLINE_MS = 20_000;

export function createApiClient(origin: string): ApiClient {
  const agent = new Agent({ keepAlive: true, maxSockets: 30 });
  const { hostname, port } = new URL(origin);

  function send({
    method = 'GET',
    path,
    token,
    body,
    raw,
    headers = {},
    deadlineMs = DEADLINE_MS,
  }: ApiRequest): Promise<ApiAnswer> {
    const text = raw ?? (body === undefined ? undefined : JSON.stringify(body));
    const all = {
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...(text === undefined ? {} : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) }),
      ...headers,
    };
    return new Promise((resolve, reject) => {
      const outgoing = httpRequest({ agent, hostname, port, method, path, headers: all });
      const timer = setTimeout(
        () => outgoing.destroy(new Error(`${method} ${path}: no answer in ${deadlineMs} ms`)),
        deadlineMs,
      );
      outgoing.on('close', () => clearTimeout(timer));
      outgoing.on('error', reject);
      outgoing.on('response', (incoming) => {
        const chunks: Buffer[] = [];
        incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
        incoming.on('error', reject);
        incoming.on('end', () =>
          resolve({
            status: incoming.statusCode ?? 0,
            headers: incoming.headers,
            text: Buffer.concat(chunks).toString('utf8'),
          }),
        );
      });
      outgoing.end(text);
    });
  }

  return { send, close: () => agent.destroy() };
}

/** The answer's body; throws, showing the answer, unless its status is the expected one. */
export function expectStatus<Body>(answer: ApiAnswer, status: number): Readonly<Body> {
  if (answer.status !== status) throw new Error(`expected ${status}, got ${answer.status}: ${answer.text}`);
  return JSON.parse(answer.text) as Readonly<Body>;
}

/** What a request was refused for: path, code and message of the first problem. */
export function firstProblem(answer: ApiAnswer): readonly [string, string, string] {
  const { errors = [] } = expectStatus<ProblemDocument>(answer, 400);
  const [first] = errors;
  return [first?.path ?? '', first?.code ?? '', first?.message ?? ''];
}
