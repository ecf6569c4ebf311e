/** What is believed of a provider, tried at one that lies. */
import { createHmac, createSign, generateKeyPairSync } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { CLIENT, type CrookedProvider, startCrookedProvider } from '../../../test-support/identity-provider.ts';
import type { OpenConnection } from './connections.ts';
import { createOutgoing } from './sso-outgoing.ts';
import { createProviders, type Providers } from './sso-provider.ts';

const EXPECTED = { state: 'the-state', nonce: 'the-nonce', verifier: 'v'.repeat(43) };
const CALLBACK = 'http://localhost:4100/api/v1/sign-in/acme/callback';
const returned = (query = 'code=abc&state=the-state'): URL => new URL(`${CALLBACK}?${query}`);

describe('a provider', () => {
  let crooked: CrookedProvider;
  let clock: number;
  let asked: string[];
  let providers: Providers;
  let connection: OpenConnection;

  beforeAll(async () => {
    crooked = await startCrookedProvider();
  });
  afterAll(() => crooked.stop());

  beforeEach(() => {
    clock = 1_000_000;
    asked = [];
    crooked.answers.clear();
    crooked.idToken = crooked.sign(claims());
    const outgoing = createOutgoing({ onLoopback: true, deadlineMs: 1_000 });
    providers = createProviders({
      outgoing: (url, request) => {
        asked.push(new URL(url).pathname);
        return outgoing(url, request);
      },
      onLoopback: true,
      now: () => new Date(clock),
    });
    connection = {
      id: 'one',
      key: 'acme',
      name: 'Acme',
      issuer: crooked.issuer,
      clientId: CLIENT.clientId,
      clientSecret: () => CLIENT.clientSecret,
      domains: [],
      provision: false,
      grants: [],
      groups: null,
      version: 1,
    };
  });

  function claims(more: object = {}): object {
    const now = Math.floor(Date.now() / 1_000);
    const said = { sub: 'ada', email: 'ada@shop.example', email_verified: true, nonce: EXPECTED.nonce };
    return { iss: crooked.issuer, aud: CLIENT.clientId, iat: now, exp: now + 60, ...said, ...more };
  }

  const believed = (url = returned()) => providers.claimsOf(connection, url, EXPECTED);

  it('is believed when everything is right', async () => {
    expect(await believed()).toMatchObject({ sub: 'ada', email: 'ada@shop.example', email_verified: true });
  });

  it('gets browsers with everything that protects a sign-in', async () => {
    const url = await providers.authorize(connection, CALLBACK, EXPECTED);
    expect(`${url.origin}${url.pathname}`).toBe(`${crooked.issuer}/authorize`);
    expect(Object.fromEntries(url.searchParams)).toEqual({
      client_id: CLIENT.clientId,
      response_type: 'code',
      redirect_uri: CALLBACK,
      scope: 'openid email profile',
      state: EXPECTED.state,
      nonce: EXPECTED.nonce,
      code_challenge: expect.stringMatching(/^[\w-]{43}$/) as unknown,
      code_challenge_method: 'S256',
    });
  });

  const other = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const lies: readonly (readonly [string, () => string])[] = [
    ['for another client', () => crooked.sign(claims({ aud: 'another' }))],
    ['of another issuer', () => crooked.sign(claims({ iss: 'https://login.example.com' }))],
    ['with another nonce', () => crooked.sign(claims({ nonce: 'another' }))],
    ['without a nonce', () => crooked.sign(claims({ nonce: undefined }))],
    ['without a subject', () => crooked.sign(claims({ sub: undefined }))],
    ['that is over', () => crooked.sign(claims({ iat: 1_000, exp: 1_060 }))],
    ['that nobody signed', () => crooked.sign(claims(), { alg: 'none' })],
    ['whose signature was left out', () => crooked.sign(claims()).replace(/[^.]*$/, '')],
    [
      'that somebody else signed',
      () => {
        const text = `${encode({ alg: 'RS256', kid: 'key' })}.${encode(claims())}`;
        return `${text}.${createSign('sha256').update(text).sign(other.privateKey).toString('base64url')}`;
      },
    ],
    [
      'that is signed with what both sides know',
      () => {
        const text = `${encode({ alg: 'HS256' })}.${encode(claims())}`;
        return `${text}.${createHmac('sha256', CLIENT.clientSecret).update(text).digest('base64url')}`;
      },
    ],
    ['that is none', () => 'token'],
  ];
  it.each(lies)('is not believed with an ID token %s', async (_, forge) => {
    crooked.idToken = forge();
    await expect(believed()).rejects.toMatchObject({ name: 'ProviderError', code: 'provider_answer_invalid' });
  });

  it.each([
    ['another state', 'code=abc&state=another', 'provider_answer_invalid'],
    ['no state', 'code=abc', 'provider_answer_invalid'],
    ['two states', 'code=abc&state=the-state&state=the-state', 'provider_answer_invalid'],
    [
      'another issuer',
      `code=abc&state=the-state&iss=${encodeURIComponent('https://evil.example')}`,
      'provider_answer_invalid',
    ],
    ['a refusal', 'error=access_denied&state=the-state', 'provider_refused'],
  ])('is not asked about a browser that comes back with %s', async (_, query, code) => {
    await expect(believed(returned(query))).rejects.toMatchObject({ code });
    expect(asked).not.toContain('/token');
  });

  const json = (path: string, body: object, status = 200): void => {
    crooked.answers.set(path, (response) => {
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    });
  };

  it('that refuses the code is told from one that is away', async () => {
    json('/token', { error: 'invalid_grant' }, 400);
    await expect(believed()).rejects.toMatchObject({ code: 'provider_refused' });
    json('/token', {}, 503);
    await expect(believed()).rejects.toMatchObject({ code: 'provider_unavailable' });
    crooked.answers.set('/token', () => undefined);
    await expect(believed()).rejects.toMatchObject({ code: 'provider_unavailable' });
  });

  const DISCOVERY = '/.well-known/openid-configuration';

  it.each([
    ['calls itself another', { issuer: 'https://login.example.com' }],
    ['sends browsers to a script', { authorization_endpoint: 'javascript:alert(1)' }],
    ['sends browsers where there is no TLS', { authorization_endpoint: 'http://login.example.com/' }],
  ])('that %s sends nobody anywhere', async (_, more) => {
    json(DISCOVERY, { issuer: crooked.issuer, authorization_endpoint: `${crooked.issuer}/authorize`, ...more });
    const begun = providers.authorize(connection, CALLBACK, EXPECTED);
    await expect(begun).rejects.toMatchObject({ code: 'provider_answer_invalid' });
  });

  it('that moves is not followed', async () => {
    crooked.answers.set(DISCOVERY, (response) => response.writeHead(302, { location: '/elsewhere' }).end());
    await expect(providers.authorize(connection, CALLBACK, EXPECTED)).rejects.toMatchObject({ name: 'ProviderError' });
    expect(asked).toEqual([DISCOVERY]);
  });

  it.each(['token_endpoint', 'jwks_uri'])('leads this server nowhere by its %s', async (member) => {
    json(DISCOVERY, {
      issuer: crooked.issuer,
      authorization_endpoint: `${crooked.issuer}/authorize`,
      token_endpoint: `${crooked.issuer}/token`,
      jwks_uri: `${crooked.issuer}/keys`,
      [member]: 'https://169.254.169.254/latest/meta-data',
    });
    await expect(believed()).rejects.toMatchObject({ code: 'provider_unavailable' });
  });

  it('is asked what it is once in ten minutes, however many sign in, and again after an edit', async () => {
    const begin = () => providers.authorize(connection, CALLBACK, EXPECTED);
    await Promise.all([begin(), begin(), begin()]);
    clock += 10 * 60_000 - 1;
    await begin();
    expect(asked).toEqual([DISCOVERY]);
    clock += 1;
    await begin();
    connection = { ...connection, version: 2 };
    await begin();
    expect(asked).toEqual([DISCOVERY, DISCOVERY, DISCOVERY]);
  });

  it('that is away is left alone for three seconds, and then asked again', async () => {
    json(DISCOVERY, {}, 503);
    const begin = () => providers.authorize(connection, CALLBACK, EXPECTED);
    await expect(begin()).rejects.toMatchObject({ code: 'provider_unavailable' });
    await expect(begin()).rejects.toMatchObject({ code: 'provider_unavailable' });
    expect(asked).toEqual([DISCOVERY]);
    crooked.answers.clear();
    clock += 3_000;
    await begin();
    expect(asked).toEqual([DISCOVERY, DISCOVERY]);
  });

  it('is not asked with a client secret that cannot be opened, and the log says why', async () => {
    const sealed = {
      ...connection,
      clientSecret: () => {
        throw new Error('sealed otherwise');
      },
    };
    await expect(providers.authorize(sealed, CALLBACK, EXPECTED)).rejects.toThrow('sealed otherwise');
  });
});
