import { expect, test } from 'vitest';
import { beginToken, tokenProblems, tokenScope, toTokenCreate, withProject } from './token-form.ts';

const now = new Date('2026-03-01T12:00:00Z');
const named = { ...beginToken('shop'), name: ' deploy ', expiry: 'never' } as const;

test('a token asks for a role somewhere, for as long as it is to work', () => {
  expect(toTokenCreate(named, now)).toEqual({ name: 'deploy', role: 'editor', project: 'shop' });
  expect(toTokenCreate({ ...named, environment: 'staging', expiry: '30' }, now)).toMatchObject({
    environment: 'staging',
    expiresAt: '2026-03-31T12:00:00.000Z',
  });
  expect(toTokenCreate({ ...named, expiry: 'date', date: '2026-03-05' }, now).expiresAt).toBe(
    '2026-03-05T23:59:59.000Z',
  );
});

test('an environment is named only with its own project', () => {
  const moved = withProject({ ...named, environment: 'staging' }, 'blog');
  expect(toTokenCreate(moved, now)).toEqual({ name: 'deploy', role: 'editor', project: 'blog' });
  expect(toTokenCreate({ ...moved, project: '', environment: 'staging' }, now)).toEqual({
    name: 'deploy',
    role: 'editor',
  });
});

test('what is missing is said at its field', () => {
  expect(Object.keys(tokenProblems({ ...named, name: ' ', expiry: 'date' }, now))).toEqual(['name', 'date']);
  expect(tokenProblems({ ...named, expiry: 'date', date: '2026-02-28' }, now)).toHaveProperty('date');
  expect(tokenProblems(named, now)).toEqual({});
});

test('where a token may act is told in words', () => {
  expect(tokenScope({ role: 'admin', project: null, environment: null })).toBe('Admin in every project');
  expect(tokenScope({ role: 'viewer', project: 'shop', environment: 'live' })).toBe('Viewer in shop, live');
});
