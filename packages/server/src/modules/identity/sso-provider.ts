/** Speaks OpenID Connect with providers: the authorization code flow with PKCE, state and nonce, every ID token's signature checked. */
import type * as oidc from 'openid-client';
import type { OpenConnection } from './connections.ts';
import { isAllowedUrl } from './sso-addresses.ts';
import { type Outgoing, OutgoingError } from './sso-outgoing.ts';

/** What a browser comes back with has to match. */
export interface Expected {
  readonly state: string;
  readonly nonce: string;
  readonly verifier: string;
}

export type Claims = Readonly<Record<string, unknown>> & { readonly sub: string };

export type ProviderFailure = 'provider_unavailable' | 'provider_refused' | 'provider_answer_invalid';

/** The message is for the log; it holds no secret. */
export class ProviderError extends Error {
  override readonly name = 'ProviderError';
  readonly code: ProviderFailure;

  constructor(code: ProviderFailure, message: string, cause: unknown) {
    super(message, { cause });
    this.code = code;
  }
}

export interface Providers {
  /** Where a browser goes to sign in. @throws {ProviderError} */
  authorize(connection: OpenConnection, redirectUri: string, expected: Expected): Promise<URL>;
  /**
   * What the provider says of whoever came back to `returned`, the whole URL.
   *
   * @throws {ProviderError}
   */
  claimsOf(connection: OpenConnection, returned: URL, expected: Expected): Promise<Claims>;
}

interface Known {
  readonly version: number;
  readonly until: number;
  readonly configuration: Promise<oidc.Configuration>;
}

/** For discovery documents; keys are read again after five minutes, or when a signature names one that is not known. */
const KNOWN_MS = 10 * 60_000;
/** A provider that did not answer is left alone for a moment, however many want to sign in. */
const FAILED_MS = 3_000;
const TIMEOUT_SECONDS = 5;

export function createProviders(deps: {
  readonly outgoing: Outgoing;
  readonly onLoopback: boolean;
  readonly now: () => Date;
}): Providers {
  const known = new Map<string, Known>();

  async function configurationOf(connection: OpenConnection): Promise<oidc.Configuration> {
    const now = deps.now().getTime();
    const found = known.get(connection.id);
    if (found !== undefined && found.version === connection.version && now < found.until) return found.configuration;
    const configuration = discover(connection);
    known.set(connection.id, { version: connection.version, until: now + KNOWN_MS, configuration });
    configuration.catch(() => {
      if (known.get(connection.id)?.configuration === configuration)
        known.set(connection.id, { version: connection.version, until: now + FAILED_MS, configuration });
    });
    return configuration;
  }

  async function discover(connection: OpenConnection): Promise<oidc.Configuration> {
    const client = await import('openid-client');
    const issuer = new URL(connection.issuer);
    const insecure = issuer.protocol === 'http:' ? [client.allowInsecureRequests] : [];
    const options = { [client.customFetch]: deps.outgoing, timeout: TIMEOUT_SECONDS, execute: insecure };
    const found = (await client.discovery(issuer, connection.clientId, undefined, undefined, options)).serverMetadata();
    // The library makes exceptions for issuers that stand for many; of those anybody could make one that says anything.
    if (new URL(found.issuer).href !== issuer.href)
      throw new ProviderError('provider_answer_invalid', `the issuer calls itself ${found.issuer}`, null);
    const posts = found.token_endpoint_auth_methods_supported?.includes('client_secret_post') === true;
    const authentication = (posts ? client.ClientSecretPost : client.ClientSecretBasic)(connection.clientSecret());
    const configuration = new client.Configuration(found, connection.clientId, undefined, authentication);
    configuration[client.customFetch] = deps.outgoing;
    configuration.timeout = TIMEOUT_SECONDS;
    for (const allow of insecure) allow(configuration);
    // Without it the library takes TLS for proof enough.
    client.enableNonRepudiationChecks(configuration);
    return configuration;
  }

  return {
    authorize: (connection, redirectUri, { state, nonce, verifier }) =>
      explained(async (client) => {
        const configuration = await configurationOf(connection);
        const url = client.buildAuthorizationUrl(configuration, {
          redirect_uri: redirectUri,
          scope: 'openid email profile',
          state,
          nonce,
          code_challenge: await client.calculatePKCECodeChallenge(verifier),
          code_challenge_method: 'S256',
        });
        if (!isAllowedUrl(url, deps.onLoopback))
          throw new ProviderError('provider_answer_invalid', `the provider sends people to ${url.origin}`, null);
        return url;
      }),

    claimsOf: (connection, returned, { state, nonce, verifier }) =>
      explained(async (client) => {
        const configuration = await configurationOf(connection);
        const tokens = await client.authorizationCodeGrant(configuration, returned, {
          expectedState: state,
          expectedNonce: nonce,
          pkceCodeVerifier: verifier,
          idTokenExpected: true,
        });
        const claims = tokens.claims();
        if (claims === undefined) throw new ProviderError('provider_answer_invalid', 'there is no ID token', null);
        // Many providers put only the subject into the ID token, and the rest behind the userinfo endpoint.
        const needed = ['email', ...(connection.groups === null ? [] : [connection.groups.claim])];
        const hasAll = needed.every((name) => claims[name] !== undefined);
        if (hasAll || configuration.serverMetadata().userinfo_endpoint === undefined) return claims;
        return { ...(await client.fetchUserInfo(configuration, tokens.access_token, claims.sub)), ...claims };
      }),
  };
}

async function explained<T>(work: (client: typeof oidc) => Promise<T>): Promise<T> {
  const client = await import('openid-client');
  try {
    return await work(client);
  } catch (error) {
    if (error instanceof ProviderError) throw error;
    const { message, code, error: said } = error as { readonly [name in 'message' | 'code' | 'error']?: string };
    const text = [message, code, said].filter((part) => part !== undefined).join(', ');
    const outgoing = causesOf(error).find((cause) => cause instanceof OutgoingError);
    if (outgoing !== undefined) throw new ProviderError('provider_unavailable', outgoing.message, error);
    const isRefusal = error instanceof client.AuthorizationResponseError || error instanceof client.ResponseBodyError;
    throw new ProviderError(isRefusal ? 'provider_refused' : 'provider_answer_invalid', text, error);
  }
}

function causesOf(error: unknown): readonly unknown[] {
  const causes: unknown[] = [];
  for (let one = error; one instanceof Error && causes.length < 5; one = one.cause) causes.push(one);
  return causes;
}
