import type { ServerResponse } from 'node:http';
import { sendProblem } from '@flaghoist/runtime/http';

const TITLES: { readonly [status: number]: string } = {
  400: 'The request cannot be used',
  401: 'The key is not accepted',
  403: 'The key may not do this',
  404: 'There is nothing here',
  405: 'This method is not offered here',
  408: 'The body came too slowly',
  409: 'That revision is not here yet',
  413: 'The body is too large',
  415: 'The encoding is not supported',
  500: 'The edge failed',
  503: 'Not available at the moment',
};

/** A refusal of the native door, as `application/problem+json`. */
export function refuse(
  response: ServerResponse,
  status: number,
  code: string,
  detail: string,
  retryAfter: string | null = null,
  path?: string,
): void {
  const title = TITLES[status] ?? 'The request was refused';
  const authenticate = status === 401 ? { 'www-authenticate': 'Bearer' } : {};
  const retry = retryAfter === null ? {} : { 'retry-after': retryAfter };
  const headers = { ...authenticate, ...retry };
  sendProblem(response, { status, code, title, detail, headers, ...(path === undefined ? {} : { path }) });
}
