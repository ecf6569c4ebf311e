import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { defaultLimits } from '../../test-support/default-limits.ts';
import { captureLog } from '../../test-support/captured-log.ts';
import { ApiCounts } from '../platform/api-counts.ts';
import { type Api, createApi } from '../platform/api.ts';
import { assetRoutes, createPages } from './dashboard.ts';

const SCRIPT = 'console.log("the dashboard");\n'.repeat(40);
const BROWSER = { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' };
const KEPT_FOR_GOOD = 'public, max-age=31536000, immutable';

describe('the dashboard', () => {
  let folder: string;
  let app: Api;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'flaghoist-dashboard-'));
    await mkdir(join(folder, 'assets'));
    await writeFile(join(folder, 'index.html'), '<!doctype html><meta name="csp-nonce" content="__CSP_NONCE__">');
    await writeFile(join(folder, 'assets', 'index-abc.js'), SCRIPT);
    await writeFile(join(folder, 'assets', 'index-abc.js.gz'), gzipSync(SCRIPT));
    await writeFile(join(folder, 'assets', 'index-abc.js.br'), brotliCompressSync(SCRIPT));
    await writeFile(join(folder, 'secret.txt'), 'not an asset');
    app = await apiWith(folder);
  });
  afterAll(async () => {
    await app.close();
    await rm(folder, { recursive: true });
  });

  it.each(['/', '/projects/shop/flags?q=a', '/setup', '/no/such/page', '/apiary'])(
    'gives a browser its document at %s',
    async (url) => {
      const { statusCode, headers, body } = await app.inject({ url, headers: BROWSER });
      expect([statusCode, headers['content-type'], headers['cache-control']]).toEqual([
        200,
        'text/html; charset=utf-8',
        'no-store',
      ]);
      expect(body).toMatch(/content="[A-Za-z0-9+/]{24}"/);
    },
  );

  it('marks what is no page of its too: no sniffing, and what the API tells one is kept for no other', async () => {
    for (const url of ['/api/v1/nothing', '/api/nothing']) {
      const { headers } = await app.inject({ url, headers: BROWSER });
      expect(headers).toMatchObject({ 'x-content-type-options': 'nosniff', 'cache-control': 'no-store' });
    }
    expect((await app.inject('/nothing')).headers['x-content-type-options']).toBe('nosniff');
  });

  it('lets in only its own files, and styles by a number that is new each time', async () => {
    const [one, other] = await Promise.all([app.inject('/'), app.inject('/')]);
    const nonceOf = (answer: typeof one) => /content="([^"]+)"/.exec(answer.body)?.[1] ?? 'none';
    expect(nonceOf(one)).not.toBe(nonceOf(other));
    expect(one.headers['content-security-policy']).toBe(
      `default-src 'none'; script-src 'self'; style-src 'self' 'nonce-${nonceOf(one)}'; img-src 'self' data:; font-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'`,
    );
    expect(one.headers).toMatchObject({
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'same-origin',
      'cross-origin-opener-policy': 'same-origin',
      'permissions-policy': expect.stringContaining('camera=()'),
    });
  });

  it.each([
    ['br, gzip', 'br'],
    ['gzip', 'gzip'],
    ['', undefined],
  ])('sends an asset as the browser takes it (%s), to be kept for good', async (accept, encoding) => {
    const { statusCode, headers } = await app.inject({
      url: '/assets/index-abc.js',
      headers: { 'accept-encoding': accept },
    });
    expect([statusCode, headers['content-encoding'], headers['cache-control']]).toEqual([200, encoding, KEPT_FOR_GOOD]);
    expect(headers).toMatchObject({
      'content-type': 'application/javascript; charset=utf-8',
      'x-content-type-options': 'nosniff',
    });
  });

  it.each([
    '/api/v1/nothing',
    '/api',
    '/ofrep/v1/nothing',
    '/assets/missing.js',
    '/assets/..%2fsecret.txt',
    '/openapi.json/x',
  ])('is no answer to what programs ask: %s', async (url) => {
    const { statusCode, headers, body } = await app.inject({ url, headers: BROWSER });
    expect(statusCode).toBe(404);
    expect(headers['content-type']).toBe('application/problem+json; charset=utf-8');
    expect(body).not.toContain('not an asset');
  });

  it.each([
    ['POST', '/projects', BROWSER],
    ['GET', '/projects', { accept: 'application/json' }],
    ['GET', '/projects', { accept: '*/*' }],
  ] as const)('is no answer to %s %s with %o', async (method, url, headers) => {
    expect((await app.inject({ method, url, headers })).statusCode).toBe(404);
  });
});

describe('a server without the dashboard', () => {
  let app: Api | null = null;
  afterEach(async () => app?.close());

  it('says so in plain text, and has no assets', async () => {
    app = await apiWith(null);
    const { statusCode, headers, body } = await app.inject({ url: '/projects', headers: BROWSER });
    expect([statusCode, headers['content-type']]).toEqual([200, 'text/plain; charset=utf-8']);
    expect(body).toContain('without the dashboard');
    expect((await app.inject({ url: '/assets/index-abc.js', headers: BROWSER })).statusCode).toBe(404);
  });

  it('refuses to start with a folder that holds none', async () => {
    await expect(createPages(tmpdir())).rejects.toThrow(/no dashboard in .*no index\.html/);
  });
});

async function apiWith(folder: string | null): Promise<Api> {
  const app = await createApi({
    logger: captureLog().logger,
    version: '0.0.0',
    limits: defaultLimits(),
    counts: new ApiCounts(),
    pages: await createPages(folder),
  });
  await assetRoutes(app, folder);
  await app.ready();
  return app;
}
