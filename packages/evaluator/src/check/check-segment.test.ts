import { describe, expect, it } from 'vitest';
import { checkSegment } from './check-segment.ts';

const condition = { attribute: 'plan', operator: 'in', values: ['pro'] };

function findings(document: unknown): string[] {
  const checked = checkSegment(document);
  return checked.ok ? [] : checked.problems.map(({ path, code }) => `${path} ${code}`);
}

describe('checkSegment refuses', () => {
  it.each<[string, unknown, ...string[]]>([
    ['null', null, '$ not_an_object'],
    ['a list', [], '$ not_an_object'],
    ['an empty object', {}, '$.key missing_member'],
    ['a bad key', { key: 'a b' }, '$.key bad_key'],
    ['a key that is no text', { key: null }, '$.key not_a_text'],
    ['an unknown member', { key: 's', name: 'S' }, '$.name unknown_member'],
    ['its own __proto__', JSON.parse('{"key":"s","__proto__":{"included":["x"]}}'), '$.__proto__ unknown_member'],
    ['an object of included keys', { key: 's', included: {} }, '$.included not_a_list'],
    ['a number among the included keys', { key: 's', included: ['a', 5] }, '$.included[1] not_a_text'],
    ['an empty excluded key', { key: 's', excluded: [''] }, '$.excluded[0] empty_text'],
    ['an excluded key that is too long', { key: 's', excluded: ['x'.repeat(1_025)] }, '$.excluded[0] too_long'],
    ['too many included keys', { key: 's', included: Array.from({ length: 100_001 }, String) }, '$.included too_many'],
    ['conditions that are no list', { key: 's', conditions: {} }, '$.conditions not_a_list'],
    ['a condition about nothing', { key: 's', conditions: [{}] }, '$.conditions[0] bad_condition'],
    [
      'a bad condition in a group',
      { key: 's', conditions: [{ group: 'any', conditions: [{ segment: '' }] }] },
      '$.conditions[0].conditions[0].segment bad_key',
    ],
    [
      'too many conditions',
      { key: 's', conditions: Array.from({ length: 1_001 }, () => condition) },
      '$.conditions too_many',
    ],
    [
      'several problems at once',
      { key: '', included: 1, conditions: [1] },
      '$.key bad_key',
      '$.included not_a_list',
      '$.conditions[0] not_an_object',
    ],
  ])('%s', (_, document, ...expected) => {
    expect(findings(document)).toEqual(expected);
  });
});

describe('checkSegment accepts', () => {
  it.each<[string, unknown]>([
    ['only a key', { key: 's' }],
    ['empty lists', { key: 's', included: [], excluded: [], conditions: [] }],
    [
      'all its members',
      { key: 's', included: ['a'], excluded: ['a', 'b'], conditions: [condition, { segment: 'other', negate: true }] },
    ],
    ['a reference to itself', { key: 's', conditions: [{ segment: 's' }] }],
    ['100,000 keys', { key: 's', included: Array.from({ length: 100_000 }, String) }],
  ])('%s', (_, document) => {
    expect(findings(document)).toEqual([]);
  });
});
