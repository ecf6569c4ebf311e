import type { Condition } from '@flaghoist/evaluator';
import { describe, expect, it } from 'vitest';
import { segmentsIn } from './decide.ts';

describe('the segments that conditions refer to', () => {
  it('are found among conditions of every kind, and in groups of any depth', () => {
    const conditions: readonly Condition[] = [
      { attribute: 'segment', operator: 'in', values: ['not-a-segment'] },
      { bucket: { algorithm: 'murmur3/1', salt: 'not-a-segment' }, of: 100, from: 0, to: 50 },
      { segment: 'a', negate: true },
      {
        group: 'none',
        conditions: [
          { bucket: { algorithm: 'murmur3/1' }, of: 2, from: 0, to: 1 },
          { group: 'all', conditions: [{ segment: 'b' }, { segment: 'a' }] },
        ],
      },
    ];
    expect(segmentsIn(conditions)).toEqual(['a', 'b', 'a']);
  });
});
