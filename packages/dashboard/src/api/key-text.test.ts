import { expect, test } from 'vitest';
import { deriveKey, keyProblem } from './key-text.ts';

test('a key is made of a name', () => {
  expect(deriveKey('New checkout (2026)')).toBe('new-checkout-2026');
  expect(deriveKey('  Crème brûlée! ')).toBe('creme-brulee');
  expect(deriveKey('api.v2_limit')).toBe('api.v2_limit');
  expect(deriveKey('---')).toBe('');
  expect(deriveKey('日本')).toBe('');
});

test('whatever it is made of, a derived key is empty or well formed', () => {
  for (const name of ['_x_', '9 lives', 'a'.repeat(300), `${'b'.repeat(127)} -c`, 'É', '.', 'ẞ ß', '\u0000a'])
    expect(deriveKey(name) === '' || keyProblem(deriveKey(name)) === null, name).toBe(true);
});

test('what is wrong with a key is said with the letter that is wrong', () => {
  expect(keyProblem('new-checkout')).toBeNull();
  expect(keyProblem('A1._-')).toBeNull();
  expect(keyProblem('')).toContain('Write a key');
  expect(keyProblem('-a')).toContain('Begin');
  expect(keyProblem('a b')).toContain('space');
  expect(keyProblem('a/b')).toContain('“/”');
  expect(keyProblem('a'.repeat(129))).toContain('129');
});
