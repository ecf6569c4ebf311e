/**
 * Where people may sign in, and which requests come from there.
 *
 * With a public URL (https) every request is taken to come from there, through the proxy that ends TLS or at this server's
 * own. Without one, a server with a certificate lets people sign in at the names it is for: browsers have checked them, so
 * no page of another site can make its name one of them. Any other server does on its own machine only: by a loopback name,
 * from a loopback address.
 */
import type { IncomingHttpHeaders } from 'node:http';
import type { FastifyRequest } from 'fastify';
import type { ClientAddress } from '@flaghoist/runtime/limits';
import { OperatorError } from '../../platform/operator-error.ts';
import { Refusal } from '../../platform/refusal.ts';

/** With which this server itself speaks TLS, and only that. */
export interface OwnCertificate {
  covers(host: string): boolean;
}

export type RequestOrigin = ReturnType<typeof createRequestOrigin>;

const LOOPBACK_HOST = /^(?:localhost|127\.0\.0\.1|\[::1\])(?::\d{1,5})?$/i;
const LOOPBACK_ADDRESS = /^(?:::ffff:)?127\.|^::1$/;
const HOW =
  'Signing in needs https: put a proxy with TLS in front of the server and start it with --public-url https://… (FLAGHOIST_PUBLIC_URL), or give it a certificate with --tls-cert. Without that it works on the server’s own machine only, at http://localhost.';
const NOT_COVERED =
  'The server’s certificate is not for the name in the address. Open the dashboard at a name that it is for, or start the server with --public-url https://… (FLAGHOIST_PUBLIC_URL).';

/** @throws {OperatorError} `PUBLIC_URL` when the text is no https:// address without a path. */
export function readPublicUrl(text: string | undefined): string | null {
  if (text === undefined) return null;
  const url = URL.canParse(text) ? new URL(text) : null;
  const isPlain = url !== null && url.pathname === '/' && url.search === '' && url.hash === '' && url.username === '';
  if (url?.protocol !== 'https:' || !isPlain)
    throw new OperatorError(
      'PUBLIC_URL',
      `The public URL ${JSON.stringify(text)} is not the address of a server: it has to be https:// and a name, perhaps a port, and nothing else.`,
    );
  return url.origin;
}

export function createRequestOrigin(
  publicUrl: string | null,
  address: ClientAddress,
  certificate: OwnCertificate | null = null,
) {
  const scheme = certificate === null ? 'http' : 'https';

  function isCovered(request: FastifyRequest): boolean {
    return certificate?.covers((request.headers.host ?? '').replace(/:\d{1,5}$/, '')) === true;
  }

  function isLocal(request: FastifyRequest): boolean {
    const address = request.raw.socket.remoteAddress ?? '';
    return LOOPBACK_HOST.test(request.headers.host ?? '') && LOOPBACK_ADDRESS.test(address);
  }

  /** Why nobody may sign in where this request came in; null when they may. */
  function problem(request: FastifyRequest): string | null {
    if (publicUrl !== null || isLocal(request) || isCovered(request)) return null;
    return certificate === null ? HOW : NOT_COVERED;
  }

  /** @throws {Refusal} `insecure_origin`. */
  function originOf(request: FastifyRequest): string {
    const refused = problem(request);
    if (refused !== null) throw new Refusal('insecure_origin', refused);
    return publicUrl ?? `${scheme}://${(request.headers.host ?? '').toLowerCase()}`;
  }

  return {
    /** Null: none was given. */
    publicUrl,
    problem,
    originOf,

    /**
     * For requests that make a session: a browser may send them from our own pages only. Programs that send neither
     * header are let through, since there is no session yet that another site could abuse.
     *
     * @throws {Refusal} `insecure_origin`, `csrf_failed`.
     */
    refuseForeign(request: FastifyRequest): void {
      if (isForeign(request.headers, originOf(request))) throw foreign();
    },

    /** For requests by cookie that change something. @throws {Refusal} `csrf_failed`. */
    requireOwn(request: FastifyRequest): void {
      const { origin, 'sec-fetch-site': site } = request.headers;
      if ((origin === undefined && site === undefined) || isForeign(request.headers, originOf(request)))
        throw foreign();
    },

    /** The address a request came from, as far as the proxies in between are believed. */
    addressOf: (request: FastifyRequest): string => address.addressOf(request.raw),
  };
}

function isForeign(headers: IncomingHttpHeaders, expected: string): boolean {
  const { origin, 'sec-fetch-site': site } = headers;
  return (site !== undefined && site !== 'same-origin') || (origin !== undefined && origin !== expected);
}

function foreign(): Refusal {
  return new Refusal(
    'csrf_failed',
    'This request did not come from a page of this server. Open the dashboard at the server’s own address; programs use a token.',
  );
}
