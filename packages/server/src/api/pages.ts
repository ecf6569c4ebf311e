/** The two pages a browser finds until the dashboard is here: what runs, and what to do next. No script, nothing from elsewhere. */
import { createHash } from 'node:crypto';
import type { FastifyReply } from 'fastify';
import type { Api } from '../platform/api.ts';
import { problems } from '../platform/api.ts';
import { setupPage, STYLE, statusPage } from './page-text.ts';
import type { StatusSource } from './status.ts';

const STYLE_HASH = createHash('sha256').update(STYLE).digest('base64');
const HEADERS = {
  'content-security-policy': `default-src 'none'; style-src 'sha256-${STYLE_HASH}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cache-control': 'no-store',
};

export function pageRoutes(
  app: Api,
  deps: { readonly setup: { isDone(): Promise<boolean> }; readonly status: StatusSource },
): void {
  const route = { config: { needs: 'public' as const }, schema: { hide: true, response: problems } };
  app.get('/', route, async (request, reply) => {
    const origin = `${request.protocol}://${request.host}`;
    return html(reply, statusPage({ ...deps.status.summary(), isSetUp: await deps.setup.isDone(), origin }));
  });
  app.get('/setup', route, async (_request, reply) => html(reply, setupPage(await deps.setup.isDone())));
}

function html(reply: FastifyReply, text: string) {
  return reply.headers(HEADERS).type('text/html; charset=utf-8').send(text);
}
