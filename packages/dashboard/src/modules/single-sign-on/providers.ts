/** What to do at providers that many have, in a paragraph each. */

export interface Provider {
  readonly key: string;
  readonly name: string;
  /** What an issuer looks like there. */
  readonly issuer: string;
  readonly steps: string;
}

export const PROVIDERS: readonly Provider[] = [
  {
    key: 'google',
    name: 'Google Workspace',
    issuer: 'https://accounts.google.com',
    steps:
      'In the Google Cloud console, under APIs & Services, open Credentials and create an OAuth client ID of the type “Web application”. Paste the redirect URI under “Authorised redirect URIs”. On the consent screen choose “Internal”, so that only your organisation can sign in, and write your domain below too.',
  },
  {
    key: 'entra',
    name: 'Microsoft Entra ID',
    issuer: 'https://login.microsoftonline.com/TENANT-ID/v2.0',
    steps:
      'In the Entra admin centre, under App registrations, register an application for accounts of this directory only, with the redirect URI of the platform “Web”. Make a client secret under “Certificates & secrets”, and copy its value, not its ID. Under “Token configuration” add the claim “email” to the ID token. An address counts here only together with the claim “email_verified”, which Entra ID does not send by itself: whoever looks after the directory has to arrange for it.',
  },
  {
    key: 'okta',
    name: 'Okta',
    issuer: 'https://YOUR-ORG.okta.com',
    steps:
      'In the admin console, under Applications, create an app integration of the kind “OIDC – OpenID Connect”, “Web application”, with the grant type “Authorization Code”. Paste the redirect URI as the sign-in redirect URI and assign the people or groups who may come in. For roles by group, add a groups claim to the ID token of the app.',
  },
  {
    key: 'keycloak',
    name: 'Keycloak',
    issuer: 'https://YOUR-HOST/realms/REALM',
    steps:
      'In your realm, under Clients, create a client of the type “OpenID Connect” with client authentication on and the standard flow only. Paste the redirect URI under “Valid redirect URIs”; the secret stands under “Credentials”. E-mail addresses have to be verified in the realm. For roles by group, add a mapper “Group Membership” to the client’s dedicated scope, without the full path.',
  },
  {
    key: 'other',
    name: 'Another provider',
    issuer: 'https://login.example.com',
    steps:
      'Register a confidential web client for the authorization code flow with PKCE, the redirect URI, and the scopes openid, email and profile. The issuer is the URL below which /.well-known/openid-configuration lies. The provider has to send the claims “email” and “email_verified”.',
  },
];

const OTHER = PROVIDERS.at(-1) as Provider;

/** The one whose issuer this looks like; for what is not known, the last. */
export function providerOf(issuer: string): Provider {
  if (!URL.canParse(issuer)) return OTHER;
  const { hostname, pathname } = new URL(issuer);
  const key =
    hostname === 'accounts.google.com'
      ? 'google'
      : hostname === 'login.microsoftonline.com'
        ? 'entra'
        : /\.okta(?:-emea|preview)?\.com$/.test(hostname)
          ? 'okta'
          : /\/realms\/[^/]+\/?$/.test(pathname)
            ? 'keycloak'
            : 'other';
  return PROVIDERS.find((provider) => provider.key === key) ?? OTHER;
}
