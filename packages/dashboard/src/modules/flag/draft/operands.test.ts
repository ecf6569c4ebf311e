import type { AttributeCondition } from '@flaghoist/evaluator';
import { describe, expect, it } from 'vitest';
import { likelyType, readValue, withOperator } from './operands.ts';

const condition: AttributeCondition = {
  attribute: 'x',
  operator: 'in',
  values: ['a', 1, '1.2.3'],
  ignoreCase: true,
  dialect: 'flagd',
};

describe('another operator', () => {
  it('keeps the values it can hold, and the dialect', () => {
    expect(withOperator(condition, 'contains', true)).toEqual({
      attribute: 'x',
      operator: 'contains',
      values: ['a', '1.2.3'],
      ignoreCase: true,
      dialect: 'flagd',
      negate: true,
    });
    expect(withOperator(condition, 'lessThan', false)).toEqual({
      attribute: 'x',
      operator: 'lessThan',
      values: [1],
      dialect: 'flagd',
    });
    expect(withOperator(condition, 'semverSameMajor', false).values).toEqual(['1.2.3']);
    expect(withOperator(condition, 'exists', false).values).toEqual([]);
  });
});

describe('a value', () => {
  it('is read as the type that was asked for', () => {
    expect(readValue(' 5 ', 'text')).toBe('5');
    expect(readValue(' 5 ', 'number')).toBe(5);
    expect([readValue('x', 'number'), readValue('', 'number'), readValue('yes', 'boolean')]).toEqual([
      null,
      null,
      null,
    ]);
    expect(readValue('true', 'boolean')).toBe(true);
  });
  it('is likely of the type of those before', () => {
    expect([likelyType([]), likelyType([1, 2]), likelyType([1, 'a']), likelyType([true])]).toEqual([
      'text',
      'number',
      'text',
      'boolean',
    ]);
  });
});
