/** Identity providers on loopback: a real one, and one that answers whatever a test wants. */
import { createSign, generateKeyPairSync, randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Provider } from 'oidc-provider';

export interface Account {
  readonly sub: string;
  readonly email?: string;
  readonly email_verified?: boolean;
  readonly name?: string;
  readonly groups?: readonly string[];
}

export const CLIENT = { clientId: 'flaghoist', clientSecret: 'the client secret: 1+1 & 100%' } as const;

export interface IdentityProvider {
  readonly issuer: string;
  /** Who signs in next. */
  account: Account;
  /** Goes through a sign-in as a browser does; answers the URL that it is sent back to. */
  visit(location: string): Promise<URL>;
  stop(): Promise<void>;
}

const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const KEY = { ...privateKey.export({ format: 'jwk' }), kid: 'key', alg: 'RS256', use: 'sig' };
const MOST_REDIRECTS = 10;

/** `inIdToken`: whether the e-mail is in the ID token too, or behind the userinfo endpoint only. */
export async function startProvider(
  redirectUris: readonly string[],
  { inIdToken = true }: { readonly inIdToken?: boolean } = {},
): Promise<IdentityProvider> {
  const { server, issuer } = await listen((request, response) => handle(request, response));
  const found = { account: { sub: 'nobody' } as Account };
  const provider = new Provider(issuer, {
    clients: [
      {
        client_id: CLIENT.clientId,
        client_secret: CLIENT.clientSecret,
        redirect_uris: redirectUris,
        response_types: ['code'],
        grant_types: ['authorization_code'],
      },
    ],
    jwks: { keys: [KEY] },
    cookies: { keys: ['a key of the tests'] },
    conformIdTokenClaims: !inIdToken,
    claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name', 'groups'] },
    features: { devInteractions: { enabled: false } },
    interactions: { url: () => '/interaction' },
    ttl: { AccessToken: 60, AuthorizationCode: 60, Grant: 60, IdToken: 60, Interaction: 60, Session: 60 },
    findAccount: () => ({ accountId: found.account.sub, claims: () => found.account }),
    loadExistingGrant: async (context: { readonly oidc: { readonly client?: { readonly clientId: string } } }) => {
      const grant = new provider.Grant({ accountId: found.account.sub, clientId: context.oidc.client?.clientId });
      grant.addOIDCScope('openid email profile');
      await grant.save();
      return grant;
    },
  });
  const callback = provider.callback();

  function handle(request: IncomingMessage, response: ServerResponse): void {
    const answered =
      request.url === '/interaction'
        ? provider.interactionFinished(request, response, { login: { accountId: found.account.sub, remember: false } })
        : callback(request, response);
    answered.catch((error: Error) => response.writeHead(500).end(error.message));
  }

  return {
    issuer,
    get account() {
      return found.account;
    },
    set account(account) {
      found.account = account;
    },
    visit: (location) => visit(location, issuer),
    stop: () => close(server),
  };
}

async function visit(location: string, issuer: string): Promise<URL> {
  const cookies = new Map<string, string>();
  let url = new URL(location);
  for (let i = 0; i < MOST_REDIRECTS; i++) {
    if (url.origin !== issuer) return url;
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const answer = await fetch(url, { redirect: 'manual', headers: { cookie } });
    for (const line of answer.headers.getSetCookie()) {
      const [pair = ''] = line.split(';');
      cookies.set(pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1));
    }
    const next = answer.headers.get('location');
    if (next === null) throw new Error(`the provider answered ${answer.status}: ${await answer.text()}`);
    url = new URL(next, url);
  }
  throw new Error('the provider redirects for ever');
}

export interface CrookedProvider {
  readonly issuer: string;
  /** The ID token that it gives for any code. */
  idToken: string;
  /** Signs with its own key, unless the header says `none`. */
  sign(claims: object, header?: object): string;
  /** Takes the place of parts of its answers, by path. */
  readonly answers: Map<string, (response: ServerResponse) => void>;
  stop(): Promise<void>;
}

/** Speaks just enough OpenID Connect to be believed, if one does not look closely. */
export async function startCrookedProvider(): Promise<CrookedProvider> {
  const answers: CrookedProvider['answers'] = new Map();
  const { server, issuer } = await listen((request, response) => {
    const [path = ''] = (request.url ?? '').split('?');
    const custom = answers.get(path);
    if (custom !== undefined) custom(response);
    else response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(said()[path] ?? {}));
  });
  const said = (): Readonly<Record<string, unknown>> => ({
    '/.well-known/openid-configuration': {
      issuer,
      authorization_endpoint: `${issuer}/authorize`,
      token_endpoint: `${issuer}/token`,
      jwks_uri: `${issuer}/keys`,
      response_types_supported: ['code'],
      subject_types_supported: ['public'],
      id_token_signing_alg_values_supported: ['RS256', 'none', 'HS256'],
    },
    '/token': { access_token: 'access', token_type: 'Bearer', expires_in: 60, id_token: crooked.idToken },
    '/keys': { keys: [{ ...publicKey.export({ format: 'jwk' }), kid: 'key', alg: 'RS256', use: 'sig' }] },
  });
  const crooked: CrookedProvider = { issuer, idToken: '', sign, answers, stop: () => close(server) };
  return crooked;
}

function sign(claims: object, header: object = { alg: 'RS256', kid: 'key' }): string {
  const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const text = `${encode(header)}.${encode(claims)}`;
  const isUnsigned = (header as { readonly alg?: string }).alg === 'none';
  return `${text}.${isUnsigned ? '' : createSign('sha256').update(text).sign(privateKey).toString('base64url')}`;
}

async function listen(handle: (request: IncomingMessage, response: ServerResponse) => void) {
  const server = createServer(handle);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { server, issuer: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

async function close(server: Server): Promise<void> {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
}

/** Somebody of a provider's whom no test has met. */
export function newAccount(more: Partial<Account> = {}): Account {
  const sub = randomUUID();
  return { sub, email: `${sub}@shop.example`, email_verified: true, name: 'New Person', ...more };
}
