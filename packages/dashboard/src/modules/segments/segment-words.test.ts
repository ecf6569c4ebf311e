import { expect, test } from 'vitest';
import { segmentSentences } from './segment-words.ts';

const plan = { attribute: 'plan', operator: 'in', values: ['pro'] };
const of = (included: readonly string[], excluded: readonly string[], conditions: readonly unknown[]) =>
  segmentSentences({ included, excluded, conditions }).join(' ');

test('a segment is told in the order in which it is decided', () => {
  expect(of(['a'], ['b', 'c'], [plan, { segment: 'staff' }])).toBe(
    '1 key is always in. 2 keys are never in, unless also included. Everybody else is in when plan is one of pro, and is in staff.',
  );
  expect(of([], [], [plan])).toBe('Somebody is in when plan is one of pro.');
  expect(of(['a'], [], [])).toBe('1 key is always in. Nobody else is in.');
});

test('without keys and conditions nobody is in', () => {
  expect(of([], [], [])).toContain('Nobody is in it yet');
  expect(of([], ['x'], [])).toContain('Nobody is in it yet');
});

test('half a condition does no harm', () => {
  expect(of([], [], [{}])).toContain('a condition holds');
  expect(of([], [], [{ group: 'any' }])).toContain('a condition holds');
});
