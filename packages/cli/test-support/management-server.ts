/** A real HTTP server that answers as a test tells it to, and records what it was asked. */
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface RecordedRequest {
  readonly method: string;
  /** Below `/api/v1`, without the query. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  readonly body: unknown;
}

export interface Reply {
  readonly status?: number;
  readonly body?: unknown;
  readonly headers?: { readonly [name: string]: string };
}

/** `cut`: the request is read and the connection then closed without an answer. */
export type Answer =
  | Reply
  | 'cut'
  | ((request: RecordedRequest, response: ServerResponse) => Reply | 'cut' | 'answered');

export interface ManagementServer {
  readonly url: string;
  readonly requests: readonly RecordedRequest[];
  /** Of `METHOD /path`: the answers in turn; the last one stays. */
  answer(route: string, ...answers: readonly Answer[]): void;
  close(): Promise<void>;
}

export async function startManagementServer(): Promise<ManagementServer> {
  const requests: RecordedRequest[] = [];
  const routes = new Map<string, Answer[]>();

  const server = createServer((incoming, response) => {
    const chunks: Buffer[] = [];
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
    incoming.on('end', () => {
      const url = new URL(incoming.url ?? '/', 'http://localhost');
      const text = Buffer.concat(chunks).toString('utf8');
      const request = {
        method: incoming.method ?? '',
        path: url.pathname.replace(/^\/api\/v1/, ''),
        query: url.searchParams,
        headers: incoming.headers,
        body: text === '' ? undefined : (JSON.parse(text) as unknown),
      };
      requests.push(request);
      const answers = routes.get(`${request.method} ${request.path}`) ?? [problem(404, 'not_found', 'No such thing.')];
      const answer = (answers.length > 1 ? answers.shift() : answers[0]) ?? 'cut';
      const reply = typeof answer === 'function' ? answer(request, response) : answer;
      if (reply === 'cut') incoming.socket.destroy();
      else if (reply !== 'answered') send(response, reply);
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    answer(route, ...answers) {
      routes.set(route, [...answers]);
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** A problem document as the management API sends it. */
export function problem(status: number, code: string, detail: string, errors?: readonly object[]): Reply {
  return {
    status,
    headers: { 'content-type': 'application/problem+json' },
    body: { type: 'about:blank', title: code, status, code, detail, ...(errors === undefined ? {} : { errors }) },
  };
}

export function page(items: readonly unknown[], next: string | null = null): Reply {
  return { body: { items, next } };
}

function send(response: ServerResponse, { status = 200, body, headers = {} }: Reply): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(typeof body === 'string' ? body : JSON.stringify(body));
}
