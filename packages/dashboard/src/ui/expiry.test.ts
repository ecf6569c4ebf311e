import { expect, test } from 'vitest';
import { expiresAt, expiryProblem, isOver } from './expiry.ts';

const now = new Date('2026-03-01T12:00:00Z');

test('an expiry is a number of days, the end of a day, or never', () => {
  expect(expiresAt({ expiry: '30', date: '' }, now)).toBe('2026-03-31T12:00:00.000Z');
  expect(expiresAt({ expiry: 'date', date: '2026-03-01' }, now)).toBe('2026-03-01T23:59:59.000Z');
  expect(expiresAt({ expiry: 'never', date: '2026-03-01' }, now)).toBeNull();
});

test('a last day is one that there is and that is not over', () => {
  const problem = (date: string) => expiryProblem({ expiry: 'date', date }, now);
  expect(problem('')).toBe('Choose the last day.');
  expect(problem('2026-13-40')).toBe('Choose the last day.');
  expect(problem('2026-02-28')).toContain('not over yet');
  expect(problem('2026-03-01')).toBeNull();
  expect(expiryProblem({ expiry: '30', date: '2026-02-28' }, now)).toBeNull();
});

test('something is over when it has expired or was revoked', () => {
  expect(isOver({ expiresAt: '2026-03-01T12:00:00Z', revokedAt: null }, now)).toBe(true);
  expect(isOver({ expiresAt: null, revokedAt: '2026-01-01T00:00:00Z' }, now)).toBe(true);
  expect(isOver({ expiresAt: '2026-03-02T00:00:00Z', revokedAt: null }, now)).toBe(false);
  expect(isOver({ expiresAt: null, revokedAt: null }, now)).toBe(false);
});
