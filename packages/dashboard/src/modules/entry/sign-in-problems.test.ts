import { CONNECTION_PROBLEMS } from '@flaghoist/protocol/management';
import { expect, test } from 'vitest';
import { signInProblem } from './sign-in-problems.ts';

const general = signInProblem('something new');

test('each problem that a connection can have is told in words of its own', () => {
  const titles = CONNECTION_PROBLEMS.map((code) => signInProblem(code)?.title);
  expect(new Set(titles).size).toBe(CONNECTION_PROBLEMS.length);
  expect(titles).not.toContain(general?.title);
});

test('a problem of the provider names it as the page does', () => {
  expect(signInProblem('provider_refused', 'Acme ID')?.title).toBe('Acme ID did not sign you in');
});

test('a code that is not known is told in general words, whatever it is', () => {
  expect(general?.title).toBe('Signing in did not work');
  expect(signInProblem('constructor')).toEqual(general);
  expect(signInProblem('<b>')).toEqual(general);
});

test('nothing is told when nothing went wrong', () => {
  expect(signInProblem(undefined)).toBeNull();
  expect(signInProblem('')).toBeNull();
});
