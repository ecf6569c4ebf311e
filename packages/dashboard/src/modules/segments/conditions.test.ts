import type { AttributeCondition, Condition } from '@flaghoist/evaluator';
import { checkSegment } from '@flaghoist/evaluator';
import { expect, test } from 'vitest';
import {
  conditionText,
  OPERATORS,
  operatorWords,
  stepRows,
  toConditions,
  toRows,
  withOperator,
  withValues,
} from './conditions.ts';

const plan: AttributeCondition = { attribute: 'plan', operator: 'in', values: ['pro', 'team'] };

test('what is read and not touched is sent as it was', () => {
  const conditions: readonly Condition[] = [
    plan,
    { segment: 'staff', negate: true },
    { group: 'any', conditions: [plan] },
    { ...plan, dialect: 'unleash' },
    { bucket: { algorithm: 'murmur3/1' }, of: 100, from: 0, to: 5 },
  ];
  const { rows } = toRows(conditions);
  expect(rows.map(({ kind }) => kind)).toEqual(['attribute', 'json', 'json', 'json', 'json']);
  expect(toConditions(rows)).toEqual({ conditions, problems: {} });
});

test('every operator has words, and the evaluator knows it', () => {
  const value = {
    any: 'x',
    text: 'x',
    number: 3,
    version: '1.2.3',
    time: '2026-01-01T00:00:00Z',
    range: '10.0.0.0/8',
    none: '',
  };
  for (const { operator, kind } of OPERATORS) {
    const condition = { attribute: 'a', operator, values: kind === 'none' ? [] : [value[kind]] };
    expect(checkSegment({ key: 's', conditions: [condition] }), operator).toMatchObject({ ok: true });
  }
  expect(new Set(OPERATORS.map(({ operator }) => operator)).size).toBe(20);
});

test('another operator keeps the values it can take', () => {
  expect(withOperator({ ...plan, ignoreCase: true }, 'contains')).toEqual({
    ...plan,
    operator: 'contains',
    ignoreCase: true,
  });
  expect(withOperator({ ...plan, values: [5, 'x'], ignoreCase: true }, 'lessThan')).toEqual({
    attribute: 'plan',
    operator: 'lessThan',
    values: [5],
  });
  expect(withOperator(plan, 'exists').values).toEqual([]);
  expect(withOperator(plan, 'before').values).toEqual(['pro']);
});

test('where any value may stand, numbers and true or false stand for themselves', () => {
  expect(withValues(plan, ['pro', '5', '007', 'true', '-1.5']).values).toEqual(['pro', 5, '007', true, -1.5]);
  expect(withValues({ ...plan, operator: 'contains' }, ['5']).values).toEqual(['5']);
});

test('what is missing is said on its own row', () => {
  const begun = stepRows(stepRows(toRows([plan]), { event: 'add', kind: 'attribute' }), { event: 'add', kind: 'json' });
  const broken = stepRows(begun, { event: 'text', id: 2, text: '{' });
  expect(Object.keys(toConditions(broken.rows).problems)).toEqual(['1', '2']);
  expect(stepRows(stepRows(broken, { event: 'remove', id: 1 }), { event: 'remove', id: 2 }).rows).toHaveLength(1);
});

test('conditions are told in plain words', () => {
  expect(conditionText(plan)).toBe('plan is one of pro, team');
  expect(conditionText({ ...plan, negate: true, ignoreCase: true })).toBe('plan is none of pro, team in any case');
  expect(conditionText({ ...plan, values: ['a', 'b', 'c', 'd', 'e', 'f'] })).toBe('plan is one of a, b, c, d, 2 more');
  expect(conditionText({ attribute: 'email', operator: 'exists', values: [], negate: true })).toBe(
    'email is not known',
  );
  expect(conditionText({ group: 'any', conditions: [plan, { segment: 'staff' }] })).toBe(
    '(plan is one of pro, team or is in staff)',
  );
  expect(conditionText({ bucket: { algorithm: 'murmur3/1' }, of: 1000, from: 0, to: 125 })).toBe(
    'is in a share of 12.5 %',
  );
  expect(operatorWords('semverSameMinor').single).toBe(true);
});
