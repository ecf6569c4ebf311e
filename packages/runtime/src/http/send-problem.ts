import { STATUS_CODES, type OutgoingHttpHeaders, type ServerResponse } from 'node:http';

/** A refusal for people and programs: RFC 9457, with a `code` that never changes. */
export interface Problem {
  readonly status: number;
  /** For programs, e.g. `body_too_large`. */
  readonly code: string;
  /** The kind of problem; the same for every problem with this code. */
  readonly title: string;
  /** This problem: what is wrong, and how to put it right. */
  readonly detail: string;
  readonly headers?: OutgoingHttpHeaders;
  /** Where in the request's body, e.g. `$.rules[0].serve`. */
  readonly path?: string;
  /** Further members; they cannot replace those above. */
  readonly members?: Readonly<Record<string, unknown>>;
}

/**
 * Answers with `application/problem+json`: type `about:blank`, title, status, code, detail, path where given, then
 * further members; not to be stored by caches. When the answer has begun already it cannot be taken back: the
 * connection is cut, so that the reader sees an incomplete answer instead of a wrong one.
 */
export function sendProblem(response: ServerResponse, problem: Problem): void {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  const body = Buffer.from(formatProblem(problem));
  // Set for the answer that was meant to be given; others, such as CORS headers, are true for this one too.
  for (const name of ['content-encoding', 'transfer-encoding', 'etag', 'last-modified']) response.removeHeader(name);
  response.statusCode = problem.status;
  response.setHeader('content-type', 'application/problem+json');
  response.setHeader('cache-control', 'no-store');
  response.setHeader('content-length', body.byteLength);
  // RFC 9110, 15.5.9: a request that was not received in time is not waited for any longer.
  if (problem.status === 408) response.setHeader('connection', 'close');
  for (const [name, value] of Object.entries(problem.headers ?? {}))
    if (value !== undefined) response.setHeader(name, value);
  response.end(body);
}

/** A whole answer as text, for a connection whose request could not be read. */
export function formatRawProblem(problem: Problem): string {
  const body = formatProblem(problem);
  const head = [
    `HTTP/1.1 ${problem.status} ${STATUS_CODES[problem.status] ?? 'Error'}`,
    'content-type: application/problem+json',
    'cache-control: no-store',
    `content-length: ${Buffer.byteLength(body)}`,
    'connection: close',
  ];
  return `${head.join('\r\n')}\r\n\r\n${body}`;
}

function formatProblem({ status, code, title, detail, path, members }: Problem): string {
  const fixed = { type: 'about:blank', title, status, code, detail, path };
  return JSON.stringify({ ...fixed, ...members, ...fixed });
}
