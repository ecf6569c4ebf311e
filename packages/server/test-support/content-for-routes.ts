/** Content for the table of routes: two projects, tokens of every sort, and one successful use of every write. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Session, SignIn } from '@flaghoist/protocol/management';
import { fill, isWrite, type Route, type RouteParams, ROUTES } from './route-table.ts';
import { type Hands, handsOf, type RunningServerUnderTest } from './running-server.ts';
import { expectStatus } from './api-client.ts';
import { ADA, BOB, everywhere, openBrowser } from './browser.ts';
import { until } from './until.ts';

export interface ContentForRoutes {
  /** The secret that completed the setup. */
  readonly setup: string;
  readonly params: RouteParams;
  /** What an admin of the installation sends who is signed in. */
  readonly person: Readonly<Record<string, string>>;
  readonly tokens: Readonly<
    Record<'admin' | 'editor' | 'viewer' | 'shopAdmin' | 'otherAdmin' | 'revoked' | 'expired' | 'serverKey', string>
  >;
}

interface Created {
  readonly id: string;
  readonly secret: string;
}

const CONNECTION = {
  key: 'acme',
  name: 'Acme',
  issuer: 'https://login.acme.example',
  clientId: 'flaghoist',
  clientSecret: 'a client secret',
};
const EXPIRY_MS = 1_500;

/** The Idempotency-Key with which a write succeeded. */
export function keyOf(route: Route): string {
  return `made-with-${route.method}-${route.path}`.replaceAll(/[{}]/g, '');
}

export async function makeContent(server: RunningServerUnderTest): Promise<ContentForRoutes> {
  const setup: Route = { method: 'POST', path: '/api/v1/setup', needs: 'public' };
  const first = await server.client.send({
    method: 'POST',
    path: setup.path,
    body: { setup: server.setup },
    headers: { 'idempotency-key': keyOf(setup) },
  });
  const admin = handsOf(server.client, expectStatus<Created>(first, 201).secret);
  const token = (name: string, role: string, more: object = {}) =>
    admin.write<Created>('POST', '/tokens', { name, role, ...more });
  const expiresAt = Date.now() + EXPIRY_MS;
  const expired = await token('expired', 'admin', { expiresAt: new Date(expiresAt).toISOString() });

  await admin.write('POST', '/projects', { key: 'shop', environments: ['production', 'staging'] });
  await admin.write('POST', '/projects', { key: 'other', environments: ['production'] });
  for (const project of ['shop', 'other']) {
    await admin.write('POST', `/projects/${project}/flags`, { key: 'checkout', type: 'boolean', tags: ['money'] });
    await admin.write('POST', `/projects/${project}/environments/production/segments`, {
      key: 'beta',
      included: ['ada'],
    });
  }
  const serverKey = await admin.write<Created>('POST', '/projects/shop/keys', {
    kind: 'server',
    environments: ['production'],
  });
  const revocable = await admin.write<Created>('POST', '/projects/shop/keys', {
    kind: 'server',
    environments: ['staging'],
  });
  const revoked = await token('revoked', 'admin');
  const spare = await token('spare', 'viewer');
  const signedIn = await signSomebodyIn(server, admin);
  await admin.write('POST', '/connections', CONNECTION);
  await admin.write('POST', '/projects/shop/flags', { key: 'reverted', type: 'boolean' });
  const reverted = '/projects/shop/environments/staging/flags/reverted';
  await admin.write('PATCH', reverted, { enabled: true }, { ifMatch: '*' });
  const { items } = await admin.get<{ items: readonly { id: string }[] }>('/projects/shop/changes?limit=1');
  const params: RouteParams = {
    project: 'shop',
    environment: 'production',
    flag: 'checkout',
    segment: 'beta',
    key: serverKey.id,
    token: spare.id,
    change: items[0]?.id ?? '',
    connection: CONNECTION.key,
    ...signedIn.params,
  };
  await succeedEverywhere(admin, { ...params, ...signedIn.spare, key: revocable.id, token: revoked.id });
  const tokens = {
    admin: admin.token,
    editor: (await token('editor', 'editor')).secret,
    viewer: (await token('viewer', 'viewer')).secret,
    shopAdmin: (await token('shop', 'admin', { project: 'shop' })).secret,
    otherAdmin: (await token('other', 'admin', { project: 'other' })).secret,
    revoked: revoked.secret,
    expired: expired.secret,
    serverKey: serverKey.secret,
  };
  await sleep(Math.max(0, expiresAt - Date.now() + 1));
  await everythingPublished(admin);
  return { setup: server.setup ?? '', params, person: signedIn.headers, tokens };
}

/** An admin of the installation in a browser, an invitation that stays open, and one of each to be used. */
async function signSomebodyIn(server: RunningServerUnderTest, admin: Hands) {
  const grants = everywhere('admin');
  const { link } = await admin.write<{ link: string }>('POST', '/invitations', { email: ADA.email, grants });
  const browser = openBrowser(server);
  const { name, password } = ADA;
  await browser.expect(201, 'POST', '/invitations/accept', { secret: link.split('#')[1], name, password });
  const { person, csrf } = await browser.expect<Session>(200, 'GET', '/session');
  const invited = async (email: string) =>
    admin.write<{ id: string; link: string }>('POST', '/invitations', { email, grants });
  const bob = openBrowser(server);
  const accept = { secret: (await invited(BOB.email)).link.split('#')[1], name: BOB.name, password: BOB.password };
  const { session } = await bob.expect<SignIn>(201, 'POST', '/invitations/accept', accept);
  const { items } = await browser.expect<{ items: readonly { id: string }[] }>(200, 'GET', '/me/sessions');
  const kept = { project: 'shop', name: 'mine', query: 'tag=money' };
  const { id: filter } = await browser.expect<{ id: string }>(201, 'POST', '/me/filters', kept);
  const cookie = [...browser.cookies].map((pair) => pair.join('=')).join('; ');
  return {
    headers: { cookie, 'flaghoist-csrf': csrf, 'sec-fetch-site': 'same-origin' },
    params: {
      filter,
      person: person.id,
      session: items[0]?.id ?? '',
      invitation: (await invited('open@shop.example')).id,
    },
    spare: { person: session?.person.id ?? '', invitation: (await invited('spare@shop.example')).id },
  };
}

async function succeedEverywhere(admin: Hands, params: RouteParams): Promise<void> {
  for (const route of ROUTES.filter((one) => isWrite(one) && one.succeeds !== undefined)) {
    const path = fill(route.path, { ...params, ...route.succeeds?.on }).replace('/api/v1', '');
    const options = { idempotencyKey: keyOf(route), ...(route.edits ? { ifMatch: '*' } : {}) };
    await admin.write(route.method === 'PATCH' ? 'PATCH' : 'POST', path, route.succeeds?.body, options);
  }
}

/** Until publishing has nothing left to write. */
async function everythingPublished(admin: Hands): Promise<void> {
  await until('every revision is published and served', async () => {
    const { environments } = await admin.get<{
      environments: readonly { revision: number; published: number; edge: number | null }[];
    }>('/status');
    return environments.every(({ revision, published, edge }) => published === revision && edge === revision);
  });
}
