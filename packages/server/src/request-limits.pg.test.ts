/** Too many management requests: at every route there is, by address and by who asks. Counts, not milliseconds. */
import { createPostgresBus } from '@flaghoist/bus/postgres';
import { createClientAddress } from '@flaghoist/runtime/limits';
import { createDatabase } from '@flaghoist/testkit/postgres';
import { afterAll, beforeAll, beforeEach, expect, inject, it } from 'vitest';
import { createAuthor } from '../test-support/author.ts';
import { captureLog } from '../test-support/captured-log.ts';
import { type DatabasePlace, makePlace, type OpenPlace, openModules } from '../test-support/database-place.ts';
import { ApiCounts } from './platform/api-counts.ts';
import { type Control, createControl } from './api/control.ts';
import type { ListedRoute } from './platform/api.ts';
import { type ManagementQuotas, RequestLimits } from './platform/request-limits.ts';
import { EVERY_RIGHT } from './platform/rights.ts';

const SUMMARY = { version: '0.0.0', roles: [], database: 'test', startedAt: '2026-01-01T00:00:00Z', ready: true };
const TIGHT = { requests: 3, windowMs: 10_000 };
const WIDE = { requests: 1_000_000, windowMs: 1_000 };

let clock = 1_800_000_000_000;
let place: DatabasePlace;
let open: OpenPlace;
let tokens: { readonly flooding: string; readonly other: string };
const controls: Control[] = [];

beforeAll(async () => {
  place = await makePlace('PostgreSQL', () => createDatabase(inject('flaghoistPostgresUrl')));
  open = await openModules(place, captureLog().logger, () => new Date());
  await createAuthor(open.modules).project('shop', ['production']);
  tokens = { flooding: await makeToken('flooding'), other: await makeToken('other') };
});
afterAll(async () => {
  for (const control of controls) await control.stop();
  await open.database.close();
  await place.remove();
});
// Every bucket is full again.
beforeEach(refill);

function refill(): void {
  clock += 3_600_000;
}

async function makeToken(name: string): Promise<string> {
  const actor = { id: 'test', name: 'test' };
  const command = { actor, rights: EVERY_RIGHT, action: 'test', reason: null, idempotencyKey: null, fingerprint: '' };
  const made = await open.modules.access.tokens.create(command, { name, role: 'admin' });
  return (made.body as { readonly secret: string }).secret;
}

async function controlWith(quotas: ManagementQuotas): Promise<Control> {
  const { database, modules } = open;
  const { logger } = captureLog();
  const bus = createPostgresBus({ db: database.db, listen: (channel, wake) => database.listen(channel, wake), logger });
  const control = await createControl({
    modules,
    standby: database.standby,
    log: bus.log,
    listen: (channel, wake) => database.listen(channel, wake),
    logger,
    version: '0.0.0',
    limits: new RequestLimits({ quotas, now: () => clock, address: createClientAddress('nobody') }),
    counts: new ApiCounts(),
    now: () => new Date(),
    status: {
      summary: () => SUMMARY,
      full: () =>
        Promise.resolve({
          ...SUMMARY,
          environments: [],
          durability: { host: null, replication: 'none' as const, standbys: 0, acknowledgement: 'test', problem: null },
          bus: { kind: 'database', version: null, replicas: null, acknowledgement: null, problem: null },
          exposures: { spooled: 0, queued: 0 },
          reconciled: null,
          certificate: null,
          backups: null,
        }),
    },
    dashboard: null,
    heartbeatMs: 15_000,
  });
  controls.push({ ...control, stop: () => control.stop().then(() => bus.stop()) });
  return control;
}

/** Writes have a body that is refused, and a stream a query that is: nothing is changed, and nothing stays open. */
async function ask(
  control: Control,
  { method, path }: Pick<ListedRoute, 'method' | 'path'>,
  token: string | null,
  from = '192.0.2.1',
) {
  const url = path.replaceAll(/:(\w+)/g, (_, name: string) => (name === 'project' ? 'shop' : 'production'));
  const isRead = method === 'GET';
  return control.api.inject({
    method: method as 'GET',
    url: url.endsWith('/watch') ? `${url}?bogus=1` : url,
    remoteAddress: from,
    headers: {
      ...(token === null ? {} : { authorization: `Bearer ${token}` }),
      ...(isRead ? {} : { 'content-type': 'application/json' }),
    },
    ...(isRead ? {} : { payload: '{' }),
  });
}

/** What an answer of a flood has to say. */
function problemsOf(answer: Awaited<ReturnType<typeof ask>>, policy: string): readonly string[] {
  const { code, status } = answer.json<{ code?: string; status?: number }>();
  const { headers } = answer;
  const wanted: readonly (readonly [string, boolean])[] = [
    [`status ${answer.statusCode}`, answer.statusCode === 429 && status === 429],
    [`code ${String(code)}`, code === 'too_many_requests'],
    [`retry-after ${String(headers['retry-after'])}`, /^[1-9]\d*$/.test(String(headers['retry-after']))],
    [`policy ${String(headers['ratelimit-policy'])}`, headers['ratelimit-policy'] === `"${policy}";q=3;w=10`],
    [`left ${String(headers['ratelimit'])}`, /^"\w+";r=0;t=\d+$/.test(String(headers['ratelimit']))],
  ];
  return wanted.filter(([, holds]) => !holds).map(([what]) => what);
}

it('no route can be flooded by one who is known, and another one is answered meanwhile', async () => {
  const control = await controlWith({ address: WIDE, principal: TIGHT });
  const routes = control.api.listedRoutes.filter(({ needs }) => needs !== 'public');
  expect(routes.length).toBeGreaterThan(50);
  const wrong: string[] = [];
  for (const route of routes) {
    refill();
    const name = `${route.method} ${route.path}`;
    for (let i = 0; i < 3; i++)
      if ((await ask(control, route, tokens.flooding)).statusCode === 429) wrong.push(`${name}: refused too early`);
    wrong.push(
      ...problemsOf(await ask(control, route, tokens.flooding), 'principal').map((what) => `${name}: ${what}`),
    );
    if ((await ask(control, route, tokens.other)).statusCode === 429) wrong.push(`${name}: refused to another one`);
  }
  expect(wrong).toEqual([]);
});

it('no route can be flooded from one address, nor can paths that are not there, and another address is answered', async () => {
  const control = await controlWith({ address: TIGHT, principal: WIDE });
  const nothing = { method: 'GET', path: '/api/v1/nothing' };
  const wrong: string[] = [];
  for (const route of [...control.api.listedRoutes, nothing, { method: 'DELETE', path: '/api/v1/projects' }]) {
    refill();
    const name = `${route.method} ${route.path}`;
    for (let i = 0; i < 3; i++)
      if ((await ask(control, route, null)).statusCode === 429) wrong.push(`${name}: refused too early`);
    wrong.push(...problemsOf(await ask(control, route, null), 'address').map((what) => `${name}: ${what}`));
    if ((await ask(control, route, null, '192.0.2.2')).statusCode === 429)
      wrong.push(`${name}: refused to another address`);
  }
  expect(wrong).toEqual([]);
});

it('whoever waits as long as was said is answered, and is told what is left', async () => {
  const control = await controlWith({ address: WIDE, principal: TIGHT });
  const route = { method: 'GET', path: '/api/v1/projects' };
  const first = await ask(control, route, tokens.flooding);
  expect(first.headers).toMatchObject({ 'ratelimit-policy': '"principal";q=3;w=10', ratelimit: '"principal";r=2;t=1' });
  for (let i = 0; i < 10; i++) await ask(control, route, tokens.flooding);
  const refused = await ask(control, route, tokens.flooding);
  const waitMs = Number(refused.headers['retry-after']) * 1_000;
  clock += waitMs - 1_000;
  expect((await ask(control, route, tokens.flooding)).statusCode).toBe(429);
  clock += 1_000;
  expect((await ask(control, route, tokens.flooding)).statusCode).toBe(200);
});

it('an IPv6 network counts as one address', async () => {
  const control = await controlWith({ address: TIGHT, principal: WIDE });
  const route = { method: 'GET', path: '/api/v1/projects' };
  const codes: number[] = [];
  for (const host of ['1', '2', '3', '4'])
    codes.push((await ask(control, route, tokens.other, `2001:db8:0:1::${host}`)).statusCode);
  expect(codes).toEqual([200, 200, 200, 429]);
  expect((await ask(control, route, tokens.other, '2001:db8:0:2::1')).statusCode).toBe(200);
});
