import { expect, test } from 'vitest';
import { NOTHING_SELECTED, stepSelection } from './selection.ts';

const keys = ['a', 'b', 'c', undefined, 'e'];

test('the first key down goes to the first row, the first key up to the last', () => {
  expect(stepSelection(NOTHING_SELECTED, { event: 'move', by: 1, rows: 5 }).cursor).toBe(0);
  expect(stepSelection(NOTHING_SELECTED, { event: 'move', by: -1, rows: 5 }).cursor).toBe(4);
  expect(stepSelection(NOTHING_SELECTED, { event: 'move', by: 1, rows: 0 }).cursor).toBeNull();
});

test('the cursor stays within the list', () => {
  const last = { ...NOTHING_SELECTED, cursor: 4 };
  expect(stepSelection(last, { event: 'move', by: 3, rows: 5 }).cursor).toBe(4);
  expect(stepSelection(last, { event: 'move', by: -9, rows: 5 }).cursor).toBe(0);
});

test('a row is selected and given up again', () => {
  const once = stepSelection(NOTHING_SELECTED, { event: 'toggle', at: 1, keys, range: false });
  expect([...once.chosen]).toEqual(['b']);
  expect([...stepSelection(once, { event: 'toggle', at: 1, keys, range: false }).chosen]).toEqual([]);
});

test('a range takes everything between, in both directions, except what is not loaded', () => {
  const from = stepSelection(NOTHING_SELECTED, { event: 'toggle', at: 4, keys, range: false });
  expect([...stepSelection(from, { event: 'toggle', at: 1, keys, range: true }).chosen].sort()).toEqual([
    'b',
    'c',
    'e',
  ]);
});

test('a row that is not loaded cannot be selected', () => {
  expect(stepSelection(NOTHING_SELECTED, { event: 'toggle', at: 3, keys, range: false })).toBe(NOTHING_SELECTED);
});
