import type { ServerResponse } from 'node:http';
import { sendProblem } from '@flaghoist/runtime/http';
import { type Excess, excessDetail, excessHeaders } from '../../access/quotas.ts';

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
  429: 'There were too many requests',
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

/** A request too many, with what its sender may ask for. 503: not its sender's fault. */
export function refuseExcess(response: ServerResponse, status: 429 | 503, code: string, excess: Excess): void {
  const headers = excessHeaders(excess);
  for (let i = 0; i + 1 < headers.length; i += 2) response.setHeader(headers[i] ?? '', headers[i + 1] ?? '');
  refuse(response, status, code, excessDetail(excess));
}
