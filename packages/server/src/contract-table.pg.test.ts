/** Every route with every bad input that applies to it: a problem document each time, and nothing changed by all of it. */
import { createDatabase } from '@flaghoist/testkit/postgres';
import { mintSecret } from '@flaghoist/protocol/keys';
import { randomBytes, sha256 } from '@flaghoist/runtime/crypto';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { captureLog } from '../test-support/captured-log.ts';
import { type ContentForRoutes, keyOf, makeContent } from '../test-support/content-for-routes.ts';
import { dumpContent, type TableDump } from '../test-support/content-dump.ts';
import { DATABASE_KINDS, type DatabasePlace, makePlace } from '../test-support/database-place.ts';
import {
  goodRequest,
  hasSucceeded,
  nothingToRevoke,
  otherBody,
  withOtherSecret,
} from '../test-support/good-requests.ts';
import { judgeAll, type MustRefuse } from '../test-support/judge.ts';
import { describeRoutes, type OpenApiDocument } from '../test-support/openapi-routes.ts';
import { fill, isWrite, type Route, type RouteParams, ROUTES } from '../test-support/route-table.ts';
import { type RunningServerUnderTest, startOn } from '../test-support/running-server.ts';
import {
  badBodies,
  badCursors,
  badHeaders,
  badMatches,
  badQueries,
  longPaths,
  nearPaths,
  nulPaths,
  oversized,
  undecodablePaths,
  unreadableBodies,
} from '../test-support/bad-inputs.ts';

describe.each(DATABASE_KINDS)('the management API over the %s', (kind) => {
  let place: DatabasePlace;
  let server: RunningServerUnderTest;
  let content: ContentForRoutes;
  let before: readonly TableDump[];

  beforeAll(async () => {
    place = await makePlace(kind, () => createDatabase(inject('flaghoistPostgresUrl')));
    const making = await startOn(place);
    content = await makeContent(making);
    await making.stop();
    before = await dump();
    server = await startOn(place);
  });
  afterAll(async () => {
    await server.stop();
    await place.remove();
  });

  /** What nothing that was refused may change. */
  async function dump(): Promise<readonly TableDump[]> {
    const database = await place.open(captureLog().logger);
    const dumped = await dumpContent(database.db, ['idempotency_records', 'sign_in_attempts', 'fleet_counting']);
    await database.close();
    return dumped;
  }

  const refuseAll = async (cases: readonly MustRefuse[]): Promise<void> =>
    expect(await judgeAll(server.client, cases)).toEqual([]);

  /** One or several bad requests for each route that they apply to; by default an admin sends what the route takes. */
  function everyRoute(
    applies: (route: Route) => boolean,
    cases: (route: Route, good: MustRefuse['request']) => readonly MustRefuse[],
  ): readonly MustRefuse[] {
    return ROUTES.filter(applies).flatMap((route) => cases(route, goodRequest(route, content)));
  }

  it('has exactly the routes of this table, each with the body and headers that the OpenAPI document says', async () => {
    const { text } = await server.client.send({ path: '/openapi.json' });
    const described = describeRoutes(JSON.parse(text) as OpenApiDocument);
    const tabled = ROUTES.map(({ method, path, body, required = [], edits = false, query = [] }) => ({
      route: `${method} ${path}`,
      hasBody: body !== undefined,
      required: [...required].sort(),
      edits,
      query: [...query].sort(),
    }));
    const byRoute = (a: { readonly route: string }, b: { readonly route: string }) => (a.route < b.route ? -1 : 1);
    expect([...described].sort(byRoute)).toEqual(tabled.sort(byRoute));
  });

  it('refuses whoever shows no valid token', async () => {
    const { admin, revoked, expired, serverKey } = content.tokens;
    const bad: Readonly<Record<string, string | undefined>> = {
      'no token': undefined,
      'an empty one': 'Bearer ',
      garbage: 'Bearer hunter2',
      'a revoked one': `Bearer ${revoked}`,
      'an expired one': `Bearer ${expired}`,
      'one of another secret': `Bearer ${withOtherSecret(admin)}`,
      'one that nobody made': `Bearer ${mintSecret('token', randomBytes(40), sha256).text}`,
      'one that was cut': `Bearer ${admin.slice(0, -1)}`,
      'an SDK key': `Bearer ${serverKey}`,
      'another scheme': `Basic ${admin}`,
    };
    await refuseAll(
      everyRoute(
        (route) => route.needs !== 'public',
        (_, { token: _token, ...request }) =>
          Object.entries(bad).map(([what, authorization]) => ({
            what,
            request: {
              ...request,
              headers: { ...request.headers, cookie: '', ...(authorization ? { authorization } : {}) },
            },
            code: 'unauthenticated',
            header: 'www-authenticate',
          })),
      ),
    );
  });

  it('tells the token of another project nothing: its answer is that for a project that does not exist', async () => {
    const routes = ROUTES.filter((route) => route.path.includes('{project}'));
    expect(routes.length).toBeGreaterThan(25);
    for (const route of routes) {
      const request = { ...goodRequest(route, content), token: content.tokens.otherAdmin };
      const foreign = await server.client.send(request);
      const missing = await server.client.send({
        ...request,
        path: fill(route.path, { ...content.params, project: 'nowhere' }),
      });
      // What is left of the quota counts every request, whatever it is about.
      const [{ date: _, ratelimit: _left, ...foreignHeaders }, { date: __, ratelimit: __left, ...missingHeaders }] = [
        foreign.headers,
        missing.headers,
      ];
      expect(foreign.status, request.path).toBe(404);
      expect(foreign.text.replaceAll('project shop', 'project nowhere'), request.path).toBe(missing.text);
      expect({ ...foreignHeaders, 'content-length': 0 }, request.path).toEqual({
        ...missingHeaders,
        'content-length': 0,
      });
    }
  });

  it('lists to a token of one project that project only', async () => {
    const { text } = await server.client.send({ path: '/api/v1/projects', token: content.tokens.otherAdmin });
    expect((JSON.parse(text) as { items: readonly { key: string }[] }).items.map(({ key }) => key)).toEqual(['other']);
  });

  it('refuses what a role may not do', async () => {
    const { viewer, editor, shopAdmin } = content.tokens;
    const as = (token: string) => (_: Route, request: MustRefuse['request']) => [
      { what: 'role', request: { ...request, token }, code: 'forbidden' as const },
    ];
    await refuseAll([
      ...everyRoute((route) => isWrite(route) && route.needs !== 'public', as(viewer)),
      ...everyRoute((route) => route.needs.startsWith('administer'), as(editor)),
      ...everyRoute((route) => route.needs.endsWith('installation'), as(shopAdmin)),
    ]);
  });

  it('finds nothing under names that nothing has', async () => {
    const nothing: Readonly<Partial<Record<keyof RouteParams, readonly string[]>>> = {
      project: ['nowhere', 'SHOP'],
      environment: ['nowhere', 'Production'],
      flag: ['nothing', 'Checkout', 'made'],
      segment: ['nothing', 'Beta', 'made'],
      key: ['0000000000', content.params.token],
      token: ['0000000000', content.params.key],
      change: ['00000000-0000-4000-8000-000000000000', 'x', content.params.change.slice(1)],
      person: ['00000000-0000-4000-8000-000000000000', 'x'],
      session: ['00000000-0000-4000-8000-000000000000', content.params.person],
      invitation: ['00000000-0000-4000-8000-000000000000', content.params.person],
      filter: ['00000000-0000-4000-8000-000000000000', 'x', content.params.person],
    };
    const cases = Object.entries(nothing).flatMap(([name, values]) =>
      everyRoute(
        (route) => route.path.includes(`{${name}}`),
        (route, request) =>
          values
            // A flag that was archived can still be read as what it was; in an environment it is gone.
            .filter((value) => !(value === 'made' && name === 'flag' && !route.path.includes('{environment}')))
            .map((value) => ({
              what: `no such ${name}`,
              request: { ...request, path: fill(route.path, { ...content.params, [name]: value }) },
              code: 'not_found' as const,
            })),
      ),
    );
    await refuseAll(cases);
  });

  /** Names of what was archived while the content was made. */
  const archivedParams = (): RouteParams => ({ ...content.params, project: 'made', environment: 'made', flag: 'made' });

  it('refuses to change what is archived', async () => {
    const { project, environment, flag } = content.params;
    const on = (params: RouteParams) => (route: Route, request: MustRefuse['request']) => [
      {
        what: 'archived',
        request: { ...request, path: fill(route.path, params) },
        // Where the body names an environment, it may be refused for that one.
        code: ['archived', ...(/\/(?:keys|changes)$/.test(route.path) ? (['invalid_request'] as const) : [])] as const,
      },
    ];
    const changes = (route: Route, parameter: string) =>
      isWrite(route) && route.path.includes(parameter) && !/\/(?:archive|revoke)$/.test(route.path);
    await refuseAll([
      ...everyRoute((route) => changes(route, '{environment}'), on({ ...archivedParams(), project, flag })),
      ...everyRoute(
        (route) => changes(route, '{project}') && !route.path.includes('{environment}'),
        on({ ...archivedParams(), flag }),
      ),
      ...everyRoute(
        (route) => changes(route, '{flag}') && !route.path.includes('{environment}'),
        on({ ...archivedParams(), project, environment }),
      ),
    ]);
  });

  it('archives once: whoever archives what is archived changes nothing', async () => {
    const { project } = content.params;
    const again = ROUTES.filter((route) => /\{(?:project|environment)\}\/archive$/.test(route.path));
    expect(again).toHaveLength(2);
    for (const route of again) {
      const params = { ...archivedParams(), ...(route.path.includes('{environment}') ? { project } : {}) };
      const answer = await server.client.send({ ...goodRequest(route, content), path: fill(route.path, params) });
      expect([200, 409], answer.text).toContain(answer.status);
      expect(answer.headers['flaghoist-change']).toBeUndefined();
    }
  });

  it('refuses bodies that it cannot read', async () => {
    await refuseAll(everyRoute((route) => route.method !== 'GET', unreadableBodies));
  });

  it('refuses bodies in another media type', async () => {
    const types = ['text/plain', 'application/xml', 'application/x-www-form-urlencoded', 'application/jsonx', ''];
    await refuseAll(
      everyRoute(
        (route) => route.body !== undefined,
        (_, request) =>
          types.map((type) => ({
            what: type === '' ? 'no media type' : type,
            request: { ...request, headers: { ...request.headers, 'content-type': type } },
            code: 'unsupported_media_type' as const,
          })),
      ),
    );
  });

  it('refuses bodies of more than 5 MiB', async () => {
    for (const one of everyRoute((route) => route.body !== undefined, oversized)) await refuseAll([one]);
  });

  it('reads little from strangers: a few bytes at the setup, and nothing where nothing is', async () => {
    const raw = `{"setup":"x","name":[${'1,'.repeat(50_000)}1]}`;
    const request = { method: 'POST', path: '/api/v1/setup', raw };
    await refuseAll([
      { what: '100 kB', request, code: 'body_too_large' },
      { what: 'nothing is there', request: { ...request, path: '/api/v1/nowhere', raw: '{' }, code: 'not_found' },
      { what: 'no such method', request: { ...request, path: '/api/v1/status', raw: '{' }, code: 'method_not_allowed' },
    ]);
  });

  it('refuses a body where none is taken, rather than do something else than it asks for', async () => {
    await refuseAll(
      everyRoute(
        (route) => isWrite(route) && route.body === undefined,
        (route, request) => [
          {
            what: 'a body',
            // Whatever ignores the body finds another reason to refuse, so that this test changes nothing.
            request: {
              ...request,
              path: fill(route.path, { ...content.params, ...nothingToRevoke }),
              headers: { ...request.headers, 'if-match': '"999"' },
              body: { dryRun: true },
            },
            code: 'invalid_request',
          },
        ],
      ),
    );
  });

  it('refuses bodies of another shape, and names what is wrong with them', async () => {
    await refuseAll(everyRoute((route) => route.body !== undefined, badBodies));
  });

  it('refuses headers that it cannot keep', async () => {
    await refuseAll(everyRoute(isWrite, badHeaders));
  });

  it('refuses an edit that does not say which version it was made on, or another one', async () => {
    await refuseAll(everyRoute((route) => route.edits === true, badMatches));
  });

  it('refuses an Idempotency-Key that was sent with another request', async () => {
    await refuseAll(
      everyRoute(
        (route) => isWrite(route) && hasSucceeded(route),
        (route, request) => [
          {
            what: 'a used Idempotency-Key',
            request: {
              ...request,
              ...otherBody(route, content),
              headers: { ...request.headers, 'idempotency-key': keyOf(route) },
            },
            code: 'idempotency_key_reused',
          },
        ],
      ),
    );
  });

  it('refuses cursors that it did not give out, and limits out of bounds', async () => {
    await refuseAll(everyRoute((route) => route.pages !== undefined, badCursors));
  });

  it('refuses query members that it does not know or understand', async () => {
    await refuseAll(everyRoute((route) => route.query !== undefined, badQueries));
  });

  it('refuses query members where none is known', async () => {
    const takesNone = ({ method, needs, query }: Route) =>
      method === 'GET' && needs !== 'public' && query === undefined;
    await refuseAll(everyRoute(takesNone, badQueries));
  });

  it.each([
    ['come near to those it knows', nearPaths],
    ['hold U+0000', nulPaths],
    ['do not decode to text', undecodablePaths],
    ['are too long', longPaths],
  ])(
    'finds nothing under paths that %s',
    async (_, bad) => {
      const cases = everyRoute(
        ({ path }) => path.includes('{') || bad === nearPaths,
        (route, request) => bad(route, request, content.params),
      );
      await refuseAll(cases);
    },
    60_000,
  );

  it('refuses methods that a path does not have', async () => {
    const known = new Set(ROUTES.map(({ method, path }) => `${method} ${path}`));
    const cases = everyRoute(
      () => true,
      (route, request) =>
        ['PUT', 'DELETE', 'PATCH', 'POST', 'GET']
          .filter((method) => !known.has(`${method} ${route.path}`))
          .map((method) => ({ what: 'method', request: { ...request, method }, code: 'method_not_allowed' as const })),
    );
    await refuseAll(cases);
  });

  it('answers HEAD as it answers GET, without a body', async () => {
    const reads = ROUTES.filter((route) => route.method === 'GET' && !route.path.endsWith('/watch'));
    for (const route of reads) {
      const request = goodRequest(route, content);
      const [get, head] = [await server.client.send(request), await server.client.send({ ...request, method: 'HEAD' })];
      expect([head.status, head.text], route.path).toEqual([get.status, '']);
      expect([head.headers['content-type'], head.headers.etag]).toEqual([
        get.headers['content-type'],
        get.headers.etag,
      ]);
    }
    const watch = `/api/v1/projects/${content.params.project}/watch`;
    const head = await server.client.send({
      method: 'HEAD',
      path: watch,
      token: content.tokens.admin,
      deadlineMs: 2_000,
    });
    // A stream has no end, so its HEAD must not wait for one.
    expect(head.text).toBe('');
    expect([200, 405]).toContain(head.status);
  });

  it('was not changed by any of this, and nothing of it was an error of its own', async () => {
    expect(server.log.errors()).toEqual([]);
    await server.stop();
    const after = await dump();
    expect(after.length).toBeGreaterThan(15);
    expect(after).toEqual(before);
  });
});
