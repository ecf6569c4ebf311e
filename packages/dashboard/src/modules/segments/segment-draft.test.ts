import { expect, test } from 'vitest';
import { beginSegment, conditionsConflict, planEdit, planText, stepSegment } from './segment-draft.ts';

const plan = { attribute: 'plan', operator: 'in', values: ['pro'] };
const base = { included: ['a', 'b'], excluded: [], conditions: [plan] };
const begun = beginSegment(base, 4);

test('only what differs is sent', () => {
  expect(planEdit(begun).edit).toBeNull();
  const added = stepSegment(begun, { event: 'addKeys', list: 'included', keys: ['b', 'c'] });
  expect(planEdit(added).edit).toEqual({ included: ['a', 'b', 'c'] });
  const back = stepSegment(added, { event: 'removeKeys', list: 'included', keys: new Set(['c']) });
  expect(planEdit(back).edit).toBeNull();
});

test('edits are told as counts', () => {
  const keys = stepSegment(begun, { event: 'addKeys', list: 'excluded', keys: ['x', 'y'] });
  const both = stepSegment(keys, { event: 'removeKeys', list: 'included', keys: new Set(['a']) });
  const all = stepSegment(both, { event: 'rows', rows: { event: 'remove', id: 0 } });
  expect(planText(planEdit(all))).toBe('1 included removed, 2 excluded added, conditions changed');
});

test('keys are edited in the same way on top of what somebody else saved', () => {
  const mine = [
    { event: 'addKeys', list: 'included', keys: ['c', 'd'] },
    { event: 'removeKeys', list: 'included', keys: new Set(['a']) },
  ] as const;
  const edited = mine.reduce(stepSegment, begun);
  const rebased = stepSegment(edited, {
    event: 'rebase',
    base: { ...base, included: ['a', 'b', 'd', 'z'] },
    revision: 9,
  });
  expect(rebased.included).toEqual(['b', 'd', 'z', 'c']);
  expect(rebased.revision).toBe(9);
  expect(planEdit(rebased).included).toEqual({ added: ['c'], removed: ['a'] });
});

test('what is not edited follows what is saved', () => {
  const rebased = stepSegment(begun, {
    event: 'rebase',
    base: { included: [], excluded: ['e'], conditions: [] },
    revision: 5,
  });
  expect(planEdit(rebased).edit).toBeNull();
});

test('conditions that two edited differently are a conflict, the same edit twice is none', () => {
  const mine = stepSegment(begun, { event: 'rows', rows: { event: 'remove', id: 0 } });
  expect(conditionsConflict(mine, { ...base, conditions: [plan, plan] })).toBe(true);
  expect(conditionsConflict(mine, { ...base, conditions: [] })).toBe(false);
  expect(conditionsConflict(mine, base)).toBe(false);
  expect(conditionsConflict(begun, { ...base, conditions: [] })).toBe(false);
});

test('conditions that cannot be sent are named by their row', () => {
  const broken = stepSegment(begun, { event: 'rows', rows: { event: 'add', kind: 'attribute' } });
  expect(Object.keys(planEdit(broken).problems)).toEqual(['1']);
});
