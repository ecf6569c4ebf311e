import type { Condition } from '@flaghoist/evaluator';
import { describe, expect, it } from 'vitest';
import { describeCondition } from './condition-text.ts';

describe('a condition in words', () => {
  it.each<[string, Condition]>([
    ['country in "DE", "AT"', { attribute: 'country', operator: 'in', values: ['DE', 'AT'] }],
    ['age not lessThan 18', { attribute: 'age', operator: 'lessThan', values: [18], negate: true }],
    ['born before 0 (1970-01-01T00:00:00.000Z)', { attribute: 'born', operator: 'before', values: [0] }],
    ['plan exists', { attribute: 'plan', operator: 'exists', values: [] }],
    [
      'mail endsWith "@x.org" (in any case)',
      { attribute: 'mail', operator: 'endsWith', values: ['@x.org'], ignoreCase: true },
    ],
    [
      'mail matches "^a+$" (in any case, as unleash reads it)',
      { attribute: 'mail', operator: 'matches', values: ['^a+$'], ignoreCase: true, dialect: 'unleash' },
    ],
    [
      'id in 0, 1, 2, 3, 4, 5, 6, 7, 8, 9 and 90 more',
      { attribute: 'id', operator: 'in', values: Array.from({ length: 100 }, (_, index) => index) },
    ],
    ['in segment staff', { segment: 'staff' }],
    ['not in segment staff', { segment: 'staff', negate: true }],
    ['any of (in segment a; in segment b)', { group: 'any', conditions: [{ segment: 'a' }, { segment: 'b' }] }],
    ['in buckets 0 to 9 of 100 by targetingKey', { bucket: { algorithm: 'murmur3/1' }, of: 100, from: 0, to: 10 }],
    [
      'not in bucket 7 of 10000 by company.key or $random with salt "x" (fnv-growthbook/2)',
      {
        bucket: { algorithm: 'fnv-growthbook/2', salt: 'x', attribute: 'company.key', fallback: ['$random'] },
        of: 10_000,
        from: 7,
        to: 8,
        negate: true,
      },
    ],
    [
      'in buckets 0 to 1 of 4 by userId with salt "" and seed 5 (murmur3-unleash)',
      { bucket: { algorithm: 'murmur3-unleash', salt: '', seed: 5, attribute: 'userId' }, of: 4, from: 0, to: 2 },
    ],
  ])('is %s', (text, condition) => {
    expect(describeCondition(condition)).toBe(text);
  });

  it('shows as much as it is told to, in groups too', () => {
    const values = ['a'.repeat(50), 'b', 'c', 'd'];
    const shown = { values: 2, characters: 20 };
    const condition: Condition = { group: 'any', conditions: [{ attribute: 'id', operator: 'in', values }] };
    expect(describeCondition(condition, shown)).toBe(`any of (id in "${'a'.repeat(9)}…, "b" and 2 more)`);
  });

  it('is its JSON when it is of a kind that this version does not know', () => {
    expect(describeCondition({ moon: 'full' } as unknown as Condition)).toBe('{"moon":"full"}');
  });
});
