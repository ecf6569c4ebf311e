/** What browsers may do, as flat lists of header names and values. */
import type { IncomingMessage } from 'node:http';

const EXPOSED = 'etag, retry-after, ratelimit, ratelimit-policy, flaghoist-revision';
const REQUEST_HEADERS = 'content-type, authorization, x-api-key, if-none-match';
const HEADER_NAMES = /^[A-Za-z0-9-]{1,64}(\s*,\s*[A-Za-z0-9-]{1,64}){0,31}$/;
/** Whether an origin may use a key is decided again by each request, so a preflight may be remembered for long. */
const REMEMBER_S = 600;

/** For the answer to a request whose origin was found allowed. */
export function corsHeaders(request: IncomingMessage, allowed: boolean): readonly string[] {
  const { origin } = request.headers;
  if (origin === undefined || !allowed) return [];
  return ['access-control-allow-origin', origin, 'access-control-expose-headers', EXPOSED];
}

/** For the answer to a preflight; further headers that the page wants to send are allowed: most have no meaning here. */
export function preflightHeaders(request: IncomingMessage, allowed: boolean): readonly string[] {
  const vary = ['vary', 'Origin, Access-Control-Request-Headers'];
  const { origin } = request.headers;
  if (origin === undefined || !allowed) return vary;
  const asked = request.headers['access-control-request-headers'];
  const more = asked !== undefined && HEADER_NAMES.test(asked) ? `, ${asked}` : '';
  return [
    ...vary,
    'access-control-allow-origin',
    origin,
    'access-control-allow-methods',
    'POST, OPTIONS',
    'access-control-allow-headers',
    `${REQUEST_HEADERS}${more}`,
    'access-control-max-age',
    String(REMEMBER_S),
  ];
}
