import { expect, test } from 'vitest';
import { beginKey, keyFormProblems, toKeyCreate, withKind } from './key-form.ts';
import { keySnippets } from './key-snippet.ts';
import { keyState } from './key-words.ts';

const now = new Date('2026-03-01T12:00:00Z');
const named = { ...beginKey('production'), name: ' billing ' };

test('a key works, is about to expire, has expired, or was revoked', () => {
  const key = (expiresAt: string | null, revokedAt: string | null = null) => keyState({ expiresAt, revokedAt }, now);
  expect(key(null)).toBe('works');
  expect(key('2026-06-01T00:00:00Z')).toBe('works');
  expect(key('2026-03-10T00:00:00Z')).toBe('expires soon');
  expect(key('2026-03-01T12:00:00Z')).toBe('expired');
  expect(key('2026-03-10T00:00:00Z', '2026-02-01T00:00:00Z')).toBe('revoked');
});

test('what a new key asks for is what its kind can have', () => {
  expect(toKeyCreate(named, now)).toEqual({ kind: 'server', name: 'billing', environments: ['production'] });
  const relay = withKind({ ...named, environments: ['a', 'b'], origins: ['https://x.example'] }, 'relay');
  expect(relay).toMatchObject({ environments: ['a', 'b'], origins: [] });
  expect(withKind(relay, 'client').environments).toEqual(['a']);
  const client = { ...withKind(named, 'client'), origins: ['https://x.example'] };
  expect(toKeyCreate(client, now)).toMatchObject({ origins: ['https://x.example'] });
});

test('a key works as long as was chosen', () => {
  expect(toKeyCreate({ ...named, expiry: '30' }, now).expiresAt).toBe('2026-03-31T12:00:00.000Z');
  expect(keyFormProblems({ ...named, expiry: 'date', date: '2026-02-28' }, now)).toHaveProperty('date');
  expect(keyFormProblems({ ...named, expiry: 'date', date: '2026-03-01' }, now)).toEqual({});
});

test('what is missing is said at its field', () => {
  expect(Object.keys(keyFormProblems(beginKey(undefined), now)).sort()).toEqual(['environments', 'name']);
  const path = { ...withKind(named, 'client'), origins: ['https://x.example/path'] };
  expect(keyFormProblems(path, now).origins).toContain('without a path');
});

test('a limit is a whole number, or the default', () => {
  const limited = (rateLimit: string) => ({ ...named, rateLimit });
  expect(toKeyCreate(limited(' 250 '), now).rateLimit).toBe(250);
  expect(toKeyCreate(limited('100000'), now).rateLimit).toBe(100_000);
  expect(toKeyCreate(limited(''), now)).not.toHaveProperty('rateLimit');
  for (const wrong of ['0', '-1', '1.5', 'many', '100001'])
    expect(keyFormProblems(limited(wrong), now)).toHaveProperty('rateLimit');
});

test('a snippet holds the secret and the address of this server', () => {
  for (const kind of ['server', 'client', 'relay'] as const)
    for (const { text } of keySnippets({ kind, secret: 'fhs_x_y', environmentId: 'e1' }, 'https://flags.example')) {
      expect(text).toContain('https://flags.example');
      expect(text).toContain('fhs_x_y');
    }
});
