/** Signing in with a connection, over the whole program, at a real provider. */
import type { Connection, Grant, Person, Session, SignInOptions } from '@flaghoist/protocol/management';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ApiAnswer } from '../../../test-support/api-client.ts';
import { ADA, BOB, type Browser, everywhere, join, openBrowser, setUpAccount } from '../../../test-support/browser.ts';
import { captureLog } from '../../../test-support/captured-log.ts';
import { dumpText } from '../../../test-support/content-dump.ts';
import { DATABASE_KINDS, type DatabasePlace } from '../../../test-support/database-place.ts';
import {
  type Account,
  CLIENT,
  type IdentityProvider,
  newAccount,
  startProvider,
} from '../../../test-support/identity-provider.ts';
import { type RunningServerUnderTest, startOn } from '../../../test-support/running-server.ts';
import { placeFor } from '../../../test-support/started.ts';

const viewerOf = (project: string): Grant => ({ role: 'viewer', project, environment: null });
const editorOf = (project: string): Grant => ({ role: 'editor', project, environment: null });

describe.each(DATABASE_KINDS)('signing in with a connection over the %s', (kind) => {
  let place: DatabasePlace;
  let server: RunningServerUnderTest;
  let ada: Browser;
  let provider: IdentityProvider;

  beforeAll(async () => {
    place = await placeFor(kind);
    server = await startOn(place);
    ada = await setUpAccount(server);
    for (const key of ['shop', 'blog'])
      await ada.expect(201, 'POST', '/projects', { key, environments: ['production'] });
    provider = await startProvider(
      ['acme', 'open', 'other', 'grouped'].map((key) => `${server.url}/api/v1/sign-in/${key}/callback`),
    );
    await connect('acme', { domains: ['Shop.Example'] });
    await connect('open', { provision: true, grants: [viewerOf('shop')] });
    await connect('other', {});
  });
  afterAll(async () => {
    expect(server.log.errors()).toEqual([]);
    await server.stop();
    await provider.stop();
    await place.remove();
  });

  const connect = (key: string, more: object, issuer = provider.issuer) =>
    ada.expect<Connection>(201, 'POST', '/connections', { key, name: `The ${key}`, issuer, ...CLIENT, ...more });
  const begin = async (browser: Browser, key: string, to = '/'): Promise<string> => {
    const answer = await browser.send('GET', `/sign-in/${key}/start?to=${encodeURIComponent(to)}`);
    expect(answer.status).toBe(302);
    return String(answer.headers.location);
  };
  const comeBack = (browser: Browser, url: URL): Promise<ApiAnswer> =>
    browser.send('GET', `${url.pathname}${url.search}`.replace('/api/v1', ''));

  /** The whole way; answers the last answer. */
  async function signIn(browser: Browser, key: string, account: Account, to = '/'): Promise<ApiAnswer> {
    const location = await begin(browser, key, to);
    provider.account = account;
    return comeBack(browser, await provider.visit(location));
  }

  function problemOf({ status, headers }: ApiAnswer): string | null {
    expect(status).toBe(302);
    return new URL(String(headers.location), server.url).searchParams.get('problem');
  }

  async function refused(browser: Browser, answer: ApiAnswer): Promise<string | null> {
    expect((await browser.send('GET', '/session')).status).toBe(401);
    expect(browser.cookies.has('flaghoist')).toBe(false);
    return problemOf(answer);
  }

  const me = (browser: Browser) => browser.expect<Session>(200, 'GET', '/session');

  it('is offered on the sign-in page', async () => {
    const { connections } = await openBrowser(server).expect<SignInOptions>(200, 'GET', '/sign-in');
    expect(connections).toContainEqual({ key: 'acme', name: 'The acme' });
  });

  it('knows a person by a verified e-mail the first time, and by the provider’s name for them ever after', async () => {
    const account = newAccount({ email: 'ADA@shop.example' });
    const browser = openBrowser(server);
    const answer = await signIn(browser, 'acme', account, '/projects/shop?tab=flags');
    expect([answer.status, answer.headers.location]).toEqual([302, `${server.url}/projects/shop?tab=flags`]);
    expect([answer.headers['cache-control'], answer.headers['referrer-policy']]).toEqual(['no-store', 'no-referrer']);
    expect([...browser.cookies.keys()]).toEqual(['flaghoist']);
    expect((await me(browser)).person).toMatchObject({ email: ADA.email, name: 'Ada' });
    await browser.expect(200, 'GET', '/projects');

    const again = openBrowser(server);
    await signIn(again, 'acme', { ...account, email: 'lovelace@shop.example', email_verified: false });
    expect((await me(again)).person.email).toBe(ADA.email);
  });

  it('leaves signing in with a password as it was', async () => {
    expect((await openBrowser(server).signIn(ADA.email, ADA.password)).person.name).toBe('Ada');
  });

  it('makes an account, with its grants, where the connection does that', async () => {
    const account = newAccount({ name: ' Grace\u0000\u202e Hopper ' });
    const browser = openBrowser(server);
    await signIn(browser, 'open', account);
    expect(await me(browser)).toMatchObject({
      person: { email: account.email, name: 'Grace Hopper', totp: false },
      grants: [viewerOf('shop')],
    });
    const once = openBrowser(server);
    await signIn(once, 'open', account);
    expect((await me(once)).person.id).toBe((await me(browser)).person.id);
  });

  it('refuses whom nobody knows, invited or provides for', async () => {
    const browser = openBrowser(server);
    expect(await refused(browser, await signIn(browser, 'acme', newAccount()))).toBe('person_unknown');
  });

  it('takes an invitation for accepted, with what it gives and no more', async () => {
    const account = newAccount();
    await ada.expect(201, 'POST', '/invitations', { email: account.email, grants: [editorOf('blog')] });
    for (const key of ['acme', 'open']) {
      const browser = openBrowser(server);
      await signIn(browser, key, account);
      expect(await me(browser)).toMatchObject({ person: { email: account.email }, grants: [editorOf('blog')] });
    }
  });

  it('gives an account to the owner of its e-mail: whoever made it with a password of theirs is out', async () => {
    const [email, password] = ['grace@shop.example', 'chosen by somebody else'];
    const account = newAccount({ email });
    const maker = await join(server, ada, { email, name: 'Not Her', password }, [viewerOf('shop')]);
    const { person } = await me(maker);
    await signIn(openBrowser(server), 'acme', account);
    expect((await maker.send('GET', '/session')).status).toBe(401);
    expect((await openBrowser(server).send('POST', '/session', { email, password })).status).toBe(401);

    const { link } = await ada.expect<{ link: string }>(201, 'POST', `/people/${person.id}/reset`);
    const own = { secret: link.split('#')[1], password: 'and this one is her own' };
    await openBrowser(server).expect(201, 'POST', '/password/reset', own);
    await signIn(openBrowser(server), 'acme', account);
    expect((await openBrowser(server).signIn(email, own.password)).person.id).toBe(person.id);
  });

  it('accepts no invitation of somebody who may no longer give what it gives', async () => {
    const account = newAccount();
    const inviter = { email: `${account.sub}@blog.example`, name: 'Inviter', password: 'soon to be taken away' };
    const browser = await join(server, ada, inviter, [{ role: 'admin', project: 'shop', environment: null }]);
    await browser.expect(201, 'POST', '/invitations', { email: account.email, grants: [editorOf('shop')] });
    const { person } = await me(browser);
    await ada.expect(200, 'PATCH', `/people/${person.id}`, { grants: [viewerOf('shop')] }, { ifMatch: '*' });
    const late = openBrowser(server);
    expect(await refused(late, await signIn(late, 'acme', account))).toBe('person_unknown');
  });

  it.each([
    ['an e-mail that is not verified', { email_verified: false }, 'email_unverified'],
    ['an e-mail of which nothing is said', { email_verified: undefined }, 'email_unverified'],
    ['an e-mail that is said to be verified in other words', { email_verified: 'true' }, 'email_unverified'],
    ['no e-mail', { email: undefined }, 'email_unverified'],
    ['what is no e-mail', { email: 'ada@shop.example\u0000' }, 'email_unverified'],
    ['an e-mail of another domain', { email: 'ada@evil.example' }, 'domain_not_allowed'],
    ['an e-mail of a domain below', { email: 'ada@a.shop.example' }, 'domain_not_allowed'],
    ['an e-mail of a domain that ends like it', { email: 'ada@evilshop.example' }, 'domain_not_allowed'],
  ])('refuses %s', async (_, more, problem) => {
    const browser = openBrowser(server);
    const account = { ...newAccount({ email: ADA.email }), ...more } as Account;
    expect(await refused(browser, await signIn(browser, 'acme', account))).toBe(problem);
  });

  it('refuses a person who is disabled, linked or not', async () => {
    const bob = await join(server, ada, BOB, everywhere('viewer'));
    const account = newAccount({ email: BOB.email });
    const { person } = await me(bob);
    const disable = async (disabled: boolean) =>
      ada.expect<Person>(200, 'PATCH', `/people/${person.id}`, { disabled }, { ifMatch: '*' });
    await disable(true);
    const before = openBrowser(server);
    expect(await refused(before, await signIn(before, 'acme', account))).toBe('person_disabled');
    await disable(false);
    await signIn(openBrowser(server), 'acme', account);
    await disable(true);
    const after = openBrowser(server);
    expect(await refused(after, await signIn(after, 'acme', account))).toBe('person_disabled');
  });

  it('is bound to the browser that began, to its connection and its state', async () => {
    const account = newAccount({ email: ADA.email });
    const browser = openBrowser(server);
    const location = await begin(browser, 'acme');
    provider.account = account;
    const returned = await provider.visit(location);

    const stranger = openBrowser(server);
    expect(await refused(stranger, await comeBack(stranger, returned))).toBe('connection_expired');
    const elsewhere = new URL(returned.href.replace('/acme/', '/other/'));
    expect(await refused(browser, await comeBack(browser, elsewhere))).toBe('connection_expired');
    const otherState = new URL(returned);
    otherState.searchParams.set('state', 'a'.repeat(43));
    expect(await refused(browser, await comeBack(browser, otherState))).toBe('connection_expired');
    const noState = new URL(returned);
    noState.searchParams.delete('state');
    expect(await refused(browser, await comeBack(browser, noState))).toBe('connection_expired');

    const kept = browser.cookies.get('flaghoist-connection') ?? '';
    browser.cookies.set(
      'flaghoist-connection',
      kept.replace(/^./, (first) => (first === 'A' ? 'B' : 'A')),
    );
    expect(await refused(browser, await comeBack(browser, returned))).toBe('connection_expired');
    // None of these spent it.
    browser.cookies.set('flaghoist-connection', kept);
    expect(problemOf(await comeBack(browser, returned))).toBeNull();
    expect((await me(browser)).person.name).toBe('Ada');
  });

  it('works once: neither the address nor a copy of the cookie signs in again', async () => {
    const browser = openBrowser(server);
    const location = await begin(browser, 'acme');
    const cookie = browser.cookies.get('flaghoist-connection') ?? '';
    provider.account = newAccount({ email: ADA.email });
    const returned = await provider.visit(location);
    expect(problemOf(await comeBack(browser, returned))).toBeNull();
    const thief = openBrowser(server);
    expect(await refused(thief, await comeBack(thief, returned))).toBe('connection_expired');
    thief.cookies.set('flaghoist-connection', cookie);
    expect(await refused(thief, await comeBack(thief, returned))).toBe('connection_expired');
  });

  it('does not take a code that the provider has given out for another sign-in', async () => {
    provider.account = newAccount({ email: ADA.email });
    const victim = openBrowser(server);
    const stolen = await provider.visit(await begin(victim, 'acme'));
    const thief = openBrowser(server);
    const own = await provider.visit(await begin(thief, 'acme'));
    own.searchParams.set('code', stolen.searchParams.get('code') ?? '');
    expect(await refused(thief, await comeBack(thief, own))).toBe('provider_refused');
  });

  it('tells that the provider refused', async () => {
    const browser = openBrowser(server);
    const state = new URL(await begin(browser, 'acme')).searchParams.get('state') ?? '';
    const url = new URL(
      `${server.url}/api/v1/sign-in/acme/callback?error=access_denied&state=${state}&iss=${encodeURIComponent(provider.issuer)}`,
    );
    expect(await refused(browser, await comeBack(browser, url))).toBe('provider_refused');
  });

  it.each(['https://evil.example', '//evil.example', '/\\evil.example', '/\t/evil.example', 'javascript:alert(1)'])(
    'never sends anybody to %j',
    async (to) => {
      const browser = openBrowser(server);
      const answer = await signIn(browser, 'acme', newAccount({ email: ADA.email }), to);
      expect(answer.headers.location).toBe(`${server.url}/`);
    },
  );

  it('is not begun or ended by HEAD, and not for a connection that is not there', async () => {
    const browser = openBrowser(server);
    for (const path of ['start', 'callback']) {
      expect((await browser.send('HEAD', `/sign-in/acme/${path}`)).status).toBe(405);
      const answer = await browser.send('GET', `/sign-in/nothing/${path}`);
      expect(answer.headers.location).toBe('/sign-in?problem=connection_unknown&connection=nothing');
    }
  });

  it('gives what the groups give at each sign-in, and takes only that away', async () => {
    const groups = {
      claim: 'groups',
      grants: [
        { group: 'shop-devs', grant: editorOf('shop') },
        { group: 'blog-readers', grant: viewerOf('blog') },
      ],
    };
    await connect('grouped', { provision: true, groups });
    const account = newAccount();
    const grantsAfter = async (names: readonly string[]) => {
      const browser = openBrowser(server);
      await signIn(browser, 'grouped', { ...account, groups: names });
      return (await me(browser)).grants;
    };
    expect(await grantsAfter(['shop-devs', 'unheard-of'])).toEqual([editorOf('shop')]);
    expect(await grantsAfter(['blog-readers'])).toEqual([viewerOf('blog')]);

    const { items } = await ada.expect<{ items: readonly Person[] }>(200, 'GET', '/people');
    const id = items.find(({ email }) => email === account.email)?.id ?? '';
    const byHand: Grant = { role: 'admin', project: 'blog', environment: null };
    await ada.expect(200, 'PATCH', `/people/${id}`, { grants: [byHand] }, { ifMatch: '*' });
    expect(await grantsAfter(['blog-readers', 'shop-devs'])).toEqual([byHand, editorOf('shop')]);
    expect(await grantsAfter([])).toEqual([byHand]);
  });

  it('does not let groups take away the last admin', async () => {
    const admin: Grant = { role: 'admin', project: null, environment: null };
    const groups = { claim: 'groups', grants: [{ group: 'admins', grant: admin }] };
    await ada.expect(200, 'PATCH', '/connections/grouped', { groups }, { ifMatch: '*' });
    const account = newAccount();
    const grace = openBrowser(server);
    await signIn(grace, 'grouped', { ...account, groups: ['admins'] });
    const { person } = await me(ada);
    const edit = (by: Browser, grants: readonly Grant[]) =>
      by.expect<Person>(200, 'PATCH', `/people/${person.id}`, { grants }, { ifMatch: '*' });
    await me(grace);
    await edit(grace, []);
    const later = openBrowser(server);
    await signIn(later, 'grouped', { ...account, groups: [] });
    const { grants } = await me(later);
    expect(grants).toEqual([admin]);
    await edit(later, [admin]);
    await signIn(later, 'grouped', { ...account, groups: [] });
    expect((await me(later)).grants).toEqual([]);
  });

  it('makes one account of two first sign-ins at the same moment', async () => {
    provider.account = newAccount();
    const browsers = [1, 2, 3].map(() => openBrowser(server));
    const returned: URL[] = [];
    for (const browser of browsers) returned.push(await provider.visit(await begin(browser, 'open')));
    const answers = await Promise.all(
      browsers.map((browser, i) => comeBack(browser, returned[i] ?? new URL(server.url))),
    );
    expect(answers.map(problemOf)).toEqual([null, null, null]);
    const people = await Promise.all(browsers.map(async (browser) => (await me(browser)).person.id));
    expect(new Set(people).size).toBe(1);
  });

  it('ends with the connection', async () => {
    const browser = openBrowser(server);
    const location = await begin(browser, 'other');
    provider.account = newAccount({ email: ADA.email });
    const returned = await provider.visit(location);
    await ada.expect(200, 'POST', '/connections/other/archive', undefined, { ifMatch: '*' });
    expect(await refused(browser, await comeBack(browser, returned))).toBe('connection_unknown');
    const { connections } = await browser.expect<SignInOptions>(200, 'GET', '/sign-in');
    expect(connections.map(({ key }) => key)).not.toContain('other');
  });

  it('finds an e-mail that only the userinfo endpoint tells', async () => {
    const quiet = await startProvider([`${server.url}/api/v1/sign-in/quiet/callback`], { inIdToken: false });
    await connect('quiet', {}, quiet.issuer);
    const browser = openBrowser(server);
    quiet.account = newAccount({ email: ADA.email });
    await comeBack(browser, await quiet.visit(await begin(browser, 'quiet')));
    expect((await me(browser)).person.name).toBe('Ada');
    await quiet.stop();
  });

  it('row 37: says so when the provider is away, before and after it was there, while passwords work', async () => {
    const away = await startProvider([`${server.url}/api/v1/sign-in/away/callback`]);
    await connect('away', {}, away.issuer);
    await connect('never', {}, 'http://127.0.0.1:1');
    const browser = openBrowser(server);
    away.account = newAccount({ email: ADA.email });
    const returned = await away.visit(await begin(browser, 'away'));
    await away.stop();
    const begun = performance.now();
    expect(await refused(browser, await comeBack(browser, returned))).toBe('provider_unavailable');
    expect(await refused(browser, await browser.send('GET', '/sign-in/never/start'))).toBe('provider_unavailable');
    expect(performance.now() - begun).toBeLessThan(6_000);
    expect((await browser.signIn(ADA.email, ADA.password)).person.name).toBe('Ada');
  });

  it('leaves no secret in the database, the log or what the API shows', async () => {
    const page = await ada.send('GET', '/connections');
    expect(page.text).toContain('"callbackPath":"/api/v1/sign-in/acme/callback"');
    expect(server.log.errors()).toEqual([]);
    await server.stop();
    const database = await place.open(captureLog().logger);
    const tables = await dumpText(database.db);
    await database.close();
    expect(tables.get('connections')).toContain(CLIENT.clientId);
    const told = [page.text, JSON.stringify(server.log.lines), ...tables.values()];
    expect(told.filter((text) => text.includes(CLIENT.clientSecret))).toEqual([]);
    server = await startOn(place);
  });

  it('goes by the public address of the server where it has one', async () => {
    await server.stop();
    server = await startOn(place, { publicUrl: 'https://flags.example.com' });
    const answer = await openBrowser(server).send('GET', '/sign-in/acme/start?to=/projects');
    const location = new URL(String(answer.headers.location));
    expect(location.searchParams.get('redirect_uri')).toBe('https://flags.example.com/api/v1/sign-in/acme/callback');
    expect(answer.headers['set-cookie']).toEqual([
      expect.stringMatching(
        /^__Host-flaghoist-connection=[^;]+; Max-Age=600; Path=\/; HttpOnly; SameSite=Lax; Secure$/,
      ),
    ]);
  });
});
