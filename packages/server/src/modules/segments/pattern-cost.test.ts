import type { Condition } from '@flaghoist/evaluator';
import { describe, expect, it } from 'vitest';
import { Refusal } from '../../platform/refusal.ts';
import { refuseSlowPatterns } from './pattern-cost.ts';

const matching = (...values: string[]): Condition => ({ attribute: 'a', operator: 'matches', values });

/** The path that is refused; null: nothing is. */
function refused(conditions: readonly Condition[]): string | null {
  try {
    refuseSlowPatterns([{ conditions, at: '$.conditions' }], 'segment');
    return null;
  } catch (error) {
    if (error instanceof Refusal) return error.errors[0]?.path ?? '';
    throw error;
  }
}

describe('the patterns of one flag or segment', () => {
  it('pass while their sizes add up to what an evaluation has time for', () => {
    expect(refused([matching(...Array.from({ length: 3 }, () => 'a'.repeat(250)))])).toBeNull();
    expect(refused([matching('a'.repeat(250), 'b'.repeat(250)), matching('c'.repeat(250), 'd'.repeat(250))])).toBe(
      '$.conditions[1].values[1]',
    );
  });

  it('are counted wherever they stand, and nothing else is', () => {
    const large = 'a'.repeat(250);
    const others: readonly Condition[] = [
      { attribute: 'a', operator: 'startsWith', values: Array.from({ length: 20 }, () => large) },
      { segment: 'staff' },
      { bucket: { algorithm: 'murmur3/1', salt: 's' }, of: 100, from: 0, to: 50 },
    ];
    const groups: Condition = { group: 'all', conditions: [{ group: 'none', conditions: [matching(large, large)] }] };
    expect(refused([...others, groups, matching(large)])).toBeNull();
    expect(refused([...others, matching(large, large), groups])).toBe(
      '$.conditions[4].conditions[0].conditions[0].values[1]',
    );
  });

  it('pass while they have few Unicode classes', () => {
    expect(refused([matching('\\pL'.repeat(8), '\\pN'.repeat(8))])).toBeNull();
    expect(refused([matching('\\pL'.repeat(8), '\\pN'.repeat(8), 'a', '[α-ω]')])).toBe('$.conditions[0].values[3]');
  });
});
