import { expect, it } from 'vitest';
import { relativeTime } from './relative-time.ts';

const now = new Date('2026-06-15T12:00:00Z');

it.each([
  [-10, 'just now'],
  [50, 'in 1 minute'],
  [-50, '1 minute ago'],
  [-3_600, '1 hour ago'],
  [-86_400, 'yesterday'],
  [3 * 86_400, 'in 3 days'],
  [-70 * 86_400, '2 months ago'],
])('tells %i s as “%s”', (seconds, words) => {
  expect(relativeTime(new Date(now.getTime() + seconds * 1_000), now)).toBe(words);
});
