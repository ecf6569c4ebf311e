import { describe, expect, test } from 'vitest';
import { type GrantNames, grantWords, sortGrants } from './grant-words.ts';
import type { Grant } from './openapi.d.ts';

const names: GrantNames = {
  project: (key) => (key === 'shop' ? 'The Shop' : undefined),
  environment: (_, key) => (key === 'production' ? 'Production' : undefined),
};

const everywhere: Grant = { role: 'admin', project: null, environment: null };
const shop: Grant = { role: 'editor', project: 'shop', environment: null };
const production: Grant = { role: 'viewer', project: 'shop', environment: 'production' };

describe('a grant in words', () => {
  test('names the role and where it holds', () => {
    expect([everywhere, shop, production].map((grant) => grantWords(grant, names))).toEqual([
      'Admin of the installation',
      'Editor in The Shop',
      'Viewer in The Shop, Production',
    ]);
  });

  test('for all projects says so, since only admins have a say in the installation', () => {
    expect(grantWords({ role: 'viewer', project: null, environment: null })).toBe('Viewer in every project');
  });

  test('names what it has no name for by its key', () => {
    expect(grantWords({ role: 'viewer', project: 'till', environment: 'dev' }, names)).toBe('Viewer in till, dev');
  });

  test('stands after those that reach wider', () => {
    expect(sortGrants([production, shop, everywhere])).toEqual([everywhere, shop, production]);
  });
});
