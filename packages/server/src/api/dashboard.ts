/** The dashboard’s files: its assets for good, and its one document for every address that a person may open. */
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import fastifyStatic from '@fastify/static';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Api } from '../platform/api.ts';

/** What programs ask; whatever is missing there is a problem document, never a page. */
const FOR_PROGRAMS = /^\/(?:api|ofrep|assets|livez|readyz|openapi\.json)(?:\/|$)/;
/** The folder is flat. */
const ASSET_NAME = /^\w[\w.-]*$/;
const NONCE_PLACE = '__CSP_NONCE__';
const YEAR_MS = 365 * 24 * 60 * 60 * 1_000;
const NOT_HERE =
  'This server was started without the dashboard.\nThe API is described at /openapi.json, and the command `flaghoist --help` lists what it can do.\n';

/** Answers with a page when the request is a person's browser asking for one; null: it is not. */
export type Pages = (request: FastifyRequest, reply: FastifyReply) => FastifyReply | null;

/**
 * @param folder The built dashboard: `index.html` and `assets/`. Null: this server has none, and says so.
 * @throws When the folder does not hold a built dashboard.
 */
export async function createPages(folder: string | null): Promise<Pages> {
  const document = folder === null ? null : await readDocument(folder);
  return (request, reply) => {
    if (!wantsPage(request)) return null;
    if (document === null)
      return reply
        .code(200)
        .headers(headersWith(`default-src 'none'`))
        .type('text/plain; charset=utf-8')
        .send(NOT_HERE);
    const nonce = randomBytes(18).toString('base64');
    return reply
      .code(200)
      .headers(headersWith(policyWith(nonce)))
      .type('text/html; charset=utf-8')
      .send(document.replaceAll(NONCE_PLACE, nonce));
  };
}

/** `/assets/*`: names hold a hash of what is in them, so that they may be kept for good. */
export async function assetRoutes(app: Api, folder: string | null): Promise<void> {
  if (folder === null) return;
  await app.register(fastifyStatic, {
    root: join(folder, 'assets'),
    serve: false,
    preCompressed: true,
    index: false,
    immutable: true,
    maxAge: YEAR_MS,
  });
  app.get<{ Params: { readonly '*': string } }>(
    '/assets/*',
    { config: { needs: 'public' }, schema: { hide: true } },
    (request, reply) => {
      const name = request.params['*'];
      if (!ASSET_NAME.test(name)) return reply.callNotFound();
      const headers = { 'x-content-type-options': 'nosniff', 'cross-origin-resource-policy': 'same-origin' };
      return reply.headers(headers).sendFile(name);
    },
  );
}

async function readDocument(folder: string): Promise<string> {
  const path = join(folder, 'index.html');
  if (!existsSync(path))
    throw new Error(`There is no dashboard in ${folder}: it has no index.html. Build it, or start without one.`);
  return readFile(path, 'utf8');
}

function wantsPage({ method, url, headers }: FastifyRequest): boolean {
  const path = url.split('?', 1)[0] ?? '/';
  if ((method !== 'GET' && method !== 'HEAD') || FOR_PROGRAMS.test(path)) return false;
  return path === '/' || /\btext\/html\b/.test(headers.accept ?? '');
}

function policyWith(nonce: string): string {
  return [
    `default-src 'none'`,
    `script-src 'self'`,
    `style-src 'self' 'nonce-${nonce}'`,
    `img-src 'self' data:`,
    `font-src 'self'`,
    `connect-src 'self'`,
    `base-uri 'none'`,
    `form-action 'self'`,
    `frame-ancestors 'none'`,
  ].join('; ');
}

function headersWith(policy: string) {
  return {
    'content-security-policy': policy,
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'same-origin',
    'cross-origin-opener-policy': 'same-origin',
    'permissions-policy': 'camera=(), microphone=(), geolocation=(), payment=(), usb=()',
    'cache-control': 'no-store',
  };
}
