import { expect, test } from 'vitest';
import { PROVIDERS, providerOf } from './providers.ts';

test('a provider is known by its issuer', () => {
  const found = [
    'https://accounts.google.com',
    'https://login.microsoftonline.com/0000/v2.0',
    'https://acme.okta.com',
    'https://id.acme.test/realms/staff',
    'https://login.acme.test',
    'not a URL',
    'https://okta.com.evil.test',
  ].map((issuer) => providerOf(issuer).key);
  expect(found).toEqual(['google', 'entra', 'okta', 'keycloak', 'other', 'other', 'other']);
});

test('each provider is the one that its own sample stands for', () => {
  for (const provider of PROVIDERS) expect(providerOf(provider.issuer)).toBe(provider);
});
