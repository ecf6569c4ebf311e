/** Signing in and staying signed in, over the whole program. */
import type { Person, Session, SessionEntry, SignIn, SignInOptions } from '@flaghoist/protocol/management';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ADA, type Browser, openBrowser } from '../../../test-support/browser.ts';
import { captureLog } from '../../../test-support/captured-log.ts';
import { DATABASE_KINDS, type DatabasePlace } from '../../../test-support/database-place.ts';
import { type RunningServerUnderTest, startOn } from '../../../test-support/running-server.ts';
import { placeFor } from '../../../test-support/started.ts';
import { type Db, sql } from '../../platform/database.ts';

const DAY_MS = 24 * 3_600_000;
const codeOf = (answer: { readonly text: string }): string => (JSON.parse(answer.text) as { code: string }).code;

describe.each(DATABASE_KINDS)('a session over the %s', (kind) => {
  let place: DatabasePlace;
  let server: RunningServerUnderTest;
  let ada: Browser;

  beforeAll(async () => {
    place = await placeFor(kind);
    server = await startOn(place);
  });
  afterAll(async () => {
    expect(server.log.errors()).toEqual([]);
    await server.stop();
    await place.remove();
  });

  /** Stops the server, changes the database, starts it again. */
  async function meanwhile(change: (db: Db) => Promise<unknown>): Promise<void> {
    await server.stop();
    const database = await place.open(captureLog().logger);
    await change(database.db);
    await database.close();
    server = await startOn(place);
  }

  it('begins with the setup link, which makes the first account once', async () => {
    const stranger = openBrowser(server);
    expect(await stranger.expect<SignInOptions>(200, 'GET', '/sign-in')).toEqual({
      isSetUp: false,
      connections: [],
      version: '0.0.0-test',
      secure: true,
      problem: null,
    });
    const wrong = await stranger.send('POST', '/setup/account', { setup: `${server.setup}x`, ...ADA });
    expect([wrong.status, codeOf(wrong)]).toEqual([403, 'setup_invalid']);
    const asked = { setup: server.setup, ...ADA, email: 'Ada@Shop.Example' };
    const made = await Promise.all([1, 2].map(() => stranger.send('POST', '/setup/account', asked)));
    expect(made.map(({ status }) => status).sort((a, b) => a - b)).toEqual([201, 409]);
    const session = JSON.parse(made.find(({ status }) => status === 201)?.text ?? '') as Session;
    expect(session.person).toMatchObject({ email: 'ada@shop.example', name: 'Ada', totp: false });
    expect(session.grants).toEqual([{ role: 'admin', project: null, environment: null }]);
    const late = await stranger.send('POST', '/setup', { setup: server.setup });
    expect([late.status, codeOf(late)]).toEqual([409, 'already_set_up']);
    expect(await openBrowser(server).expect<SignInOptions>(200, 'GET', '/sign-in')).toMatchObject({ isSetUp: true });
  });

  it('is in a cookie that scripts and other sites cannot read, and opens the management API', async () => {
    ada = openBrowser(server);
    const answer = await ada.send('POST', '/session', { email: 'ADA@shop.example', password: ADA.password });
    expect(answer.status).toBe(201);
    expect(answer.headers['set-cookie']).toEqual([
      expect.stringMatching(/^flaghoist=[^;]+; Max-Age=2592000; Path=\/; HttpOnly; SameSite=Lax$/),
    ]);
    expect(answer.headers['cache-control']).toBe('no-store');
    expect(await ada.expect<Session>(200, 'GET', '/session')).toMatchObject({ person: { name: 'Ada' } });
    await ada.expect(201, 'POST', '/projects', { key: 'shop', environments: ['production'] });
    expect(await ada.expect<{ items: { key: string }[] }>(200, 'GET', '/projects')).toMatchObject({
      items: [{ key: 'shop' }],
    });
    const { items } = await ada.expect<{ items: { author: string }[] }>(200, 'GET', '/projects/shop/changes');
    expect(items.map(({ author }) => author)).toEqual(['Ada']);
  });

  it('is not begun with a wrong password, an unknown e-mail or garbage, which are told alike', async () => {
    const bodies = [
      { email: ADA.email, password: 'not the password' },
      { email: 'nobody@shop.example', password: ADA.password },
      { email: "' or 1=1 --", password: ADA.password },
    ];
    const answers = await Promise.all(bodies.map((body) => openBrowser(server).send('POST', '/session', body)));
    for (const { status, text, headers } of answers) {
      expect([status, headers['set-cookie']]).toEqual([401, undefined]);
      expect(text).toBe(answers[0]?.text);
    }
    expect(codeOf(answers[0] ?? { text: '' })).toBe('sign_in_failed');
  });

  it('is never adopted from a cookie that was there before signing in', async () => {
    const before = ada.cookies.get('flaghoist') ?? '';
    const victim = openBrowser(server);
    victim.cookies.set('flaghoist', before);
    await victim.signIn(ADA.email, ADA.password);
    expect(victim.cookies.get('flaghoist')).not.toBe(before);
    victim.cookies.set('flaghoist', 'a'.repeat(32));
    await victim.signIn(ADA.email, ADA.password);
    expect(victim.cookies.get('flaghoist')).toMatch(/^[A-Za-z0-9]{32}\..+/);
  });

  it('is not found in cookies that are no plain signed text', async () => {
    const good = ada.cookies.get('flaghoist') ?? '';
    const [token = '', signature = ''] = good.split('.');
    const bad = [
      `j:${encodeURIComponent(JSON.stringify({ token }))}`,
      `j%3A%22${good}%22`,
      'j:[1]',
      token,
      `${token}.`,
      `${token}.${signature.replace(/^./, (first) => (first === 'A' ? 'B' : 'A'))}`,
      `${'a'.repeat(32)}.${signature}`,
      `"${good}"`,
      `${good}; flaghoist=${good}`,
      '',
    ];
    for (const value of bad) {
      const answer = await openBrowser(server).send('GET', '/session', undefined, {
        headers: { cookie: `flaghoist=${value}` },
      });
      expect([value, answer.status]).toEqual([value, 401]);
    }
    const beside = { cookie: `flaghoistx=1; theme=j:{}; flaghoist=${good}` };
    expect((await openBrowser(server).send('GET', '/session', undefined, { headers: beside })).status).toBe(200);
  });

  it('writes only for pages of this server that know its token against forgery', async () => {
    const body = { name: 'Ada' };
    const cases: readonly [string, Readonly<Record<string, string | undefined>>][] = [
      ['a foreign origin', { origin: 'https://evil.example' }],
      ['another port', { origin: 'http://127.0.0.1:1' }],
      ['no origin that can be told', { origin: 'null' }],
      ['a foreign site', { 'sec-fetch-site': 'cross-site' }],
      ['a sibling', { 'sec-fetch-site': 'same-site' }],
      ['neither header', { origin: undefined, 'sec-fetch-site': undefined }],
      ['no token', { 'flaghoist-csrf': undefined }],
      ['another token', { 'flaghoist-csrf': `${ada.csrf.slice(0, -1)}-` }],
    ];
    for (const [what, headers] of cases) {
      const answer = await ada.send('PATCH', '/me', body, { headers });
      expect([what, answer.status, codeOf(answer)]).toEqual([what, 403, 'csrf_failed']);
    }
    for (const headers of [{ origin: undefined }, { 'sec-fetch-site': undefined }])
      expect((await ada.send('PATCH', '/me', body, { headers })).status).toBe(200);
    const reading = await ada.send('GET', '/projects', undefined, { headers: { 'flaghoist-csrf': undefined } });
    expect(reading.status).toBe(200);
  });

  it('is not begun by a page of another site; programs send no origin and are let in', async () => {
    const body = { email: ADA.email, password: ADA.password };
    const headers = { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' };
    for (const path of [
      '/session',
      '/session/code',
      '/setup/account',
      '/password/reset',
      '/invitations/read',
      '/invitations/accept',
    ]) {
      const answer = await openBrowser(server).send('POST', path, body, { headers });
      expect([path, answer.status, codeOf(answer)]).toEqual([path, 403, 'csrf_failed']);
    }
    const plain = { origin: undefined, 'sec-fetch-site': undefined };
    expect((await openBrowser(server).send('POST', '/session', body, { headers: plain })).status).toBe(201);
  });

  it('is begun by a loopback name only, as long as no public URL is set', async () => {
    const body = { email: ADA.email, password: ADA.password };
    const headers = { host: 'flags.shop.example', origin: 'http://flags.shop.example' };
    const refused = await openBrowser(server).send('POST', '/session', body, { headers });
    expect([refused.status, codeOf(refused)]).toEqual([403, 'insecure_origin']);
    expect(refused.text).toContain('--public-url');
    expect(await ada.send('GET', '/session', undefined, { headers })).toMatchObject({ status: 401 });
    const options = await openBrowser(server).expect<SignInOptions>(200, 'GET', '/sign-in', undefined, { headers });
    expect(options).toMatchObject({ secure: false, problem: expect.stringContaining('--public-url') as string });
  });

  it('is listed, and ends at once when it is revoked', async () => {
    const other = openBrowser(server);
    await other.signIn(ADA.email, ADA.password);
    const { items } = await ada.expect<{ items: SessionEntry[] }>(200, 'GET', '/me/sessions');
    expect(items.filter(({ current }) => current)).toHaveLength(1);
    const [newest] = items;
    expect(newest).toMatchObject({ userAgent: 'a browser', address: '127.0.0.1', current: false });
    const path = `/me/sessions/${newest?.id}/revoke`;
    const key = { idempotencyKey: 'revoke-the-newest-session' };
    expect(await ada.expect<SessionEntry>(200, 'POST', path, undefined, key)).toEqual(newest);
    expect(await ada.expect<SessionEntry>(200, 'POST', path, undefined, key)).toEqual(newest);
    await other.expect(401, 'GET', '/session');
    await ada.expect(404, 'POST', path);
    await ada.expect(404, 'POST', '/me/sessions/00000000-0000-4000-8000-000000000000/revoke');
  });

  it('ends by signing out, whose cookie is forgotten', async () => {
    const other = openBrowser(server);
    await other.signIn(ADA.email, ADA.password);
    const cookie = other.cookies.get('flaghoist') ?? '';
    expect(await other.expect(200, 'POST', '/session/end')).toEqual({ ended: true });
    expect(other.cookies.has('flaghoist')).toBe(false);
    other.cookies.set('flaghoist', cookie);
    await other.expect(401, 'GET', '/session');
  });

  it('ends everywhere with a new password, and goes on here with a new cookie', async () => {
    const other = openBrowser(server);
    await other.signIn(ADA.email, ADA.password);
    const before = ada.cookies.get('flaghoist');
    const wrong = await ada.send('POST', '/me/password', {
      current: 'not the password',
      password: 'eleven blue doors',
    });
    expect([wrong.status, codeOf(wrong)]).toEqual([403, 'password_wrong']);
    const weak = await ada.send('POST', '/me/password', { current: ADA.password, password: 'ada ada ada ada' });
    expect([weak.status, codeOf(weak)]).toEqual([400, 'invalid_request']);
    await ada.expect(200, 'POST', '/me/password', { current: ADA.password, password: 'eleven blue doors' });
    expect(ada.cookies.get('flaghoist')).not.toBe(before);
    await ada.expect(200, 'GET', '/session');
    await other.expect(401, 'GET', '/session');
    await openBrowser(server).expect(401, 'POST', '/session', { email: ADA.email, password: ADA.password });
    await ada.expect(200, 'POST', '/me/password', { current: 'eleven blue doors', password: ADA.password });
  });

  it('is answered again, cookie and all, to a retry with its idempotency key', async () => {
    const browser = openBrowser(server);
    const body = { email: ADA.email, password: ADA.password };
    const request = { idempotencyKey: 'sign-in-that-lost-its-answer' };
    const first = await browser.send('POST', '/session', body, request);
    const second = await browser.send('POST', '/session', body, request);
    expect(second.headers['set-cookie']).toEqual(first.headers['set-cookie']);
    expect(second.headers['idempotency-replayed']).toBe('true');
    const wrong = await openBrowser(server).send(
      'POST',
      '/session',
      { ...body, password: 'not the password' },
      request,
    );
    expect([wrong.status, wrong.headers['set-cookie']]).toEqual([422, undefined]);
  });

  it('survives a restart, is renewed by use, and ends after a week without use or a month with it', async () => {
    const sessions = ['renewed', 'old', 'idle'];
    const cookies = await Promise.all(
      sessions.map(async (userAgent) => {
        const browser = openBrowser(server);
        const body = { email: ADA.email, password: ADA.password };
        await browser.expect(201, 'POST', '/session', body, { headers: { 'user-agent': userAgent } });
        return browser.cookies.get('flaghoist') ?? '';
      }),
    );
    const week = Date.now() + 7 * DAY_MS;
    await meanwhile(async (db) => {
      await sql`update sessions set expires_at = expires_at - interval '6 days' where user_agent = 'renewed'`.execute(
        db,
      );
      await sql`update sessions set created_at = created_at - interval '31 days' where user_agent = 'old'`.execute(db);
      await sql`update sessions set expires_at = expires_at - interval '8 days' where user_agent = 'idle'`.execute(db);
    });
    const answers = await Promise.all(
      cookies.map((cookie) =>
        openBrowser(server).send('GET', '/session', undefined, { headers: { cookie: `flaghoist=${cookie}` } }),
      ),
    );
    expect(answers.map(({ status }) => status)).toEqual([200, 401, 401]);
    const renewed = JSON.parse(answers[0]?.text ?? '') as Session;
    expect(Date.parse(renewed.expiresAt)).toBeGreaterThanOrEqual(week);
  });

  it('shows in the person when they were here last', async () => {
    const browser = openBrowser(server);
    const { person } = await browser.signIn(ADA.email, ADA.password);
    const seen = await browser.expect<Person>(200, 'GET', `/people/${person.id}`);
    expect(Date.now() - Date.parse(seen.lastSeenAt ?? '')).toBeLessThan(300_000 + 60_000);
    expect(
      (await browser.expect<SignIn>(201, 'POST', '/session', { email: ADA.email, password: ADA.password })).state,
    ).toBe('signed in');
  });
});
