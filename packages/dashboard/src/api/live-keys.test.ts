import { describe, expect, it } from 'vitest';
import { keysOfChange } from './live-keys.ts';

const entity = (kind: string, key: string) => ({ environment: 'production', kind, key, deleted: false });

describe('what a change makes old', () => {
  it.each([
    [
      'flag',
      'checkout',
      [
        ['flags'],
        ['flag', 'checkout'],
        ['configuration', 'checkout', 'production'],
        ['configuration', 'checkout', '*'],
      ],
    ],
    ['segment', 'beta', [['segments'], ['segment', 'beta']]],
    ['chunk', 'c1', [['segments'], ['segment']]],
    ['key', 'k1', [['keys']]],
  ])('of a %s', (kind, key, expected) => {
    const found = keysOfChange('shop', { entities: [entity(kind, key)] });
    expect(found).toEqual([['changes'], ['environments'], ...expected].map((rest) => ['project', 'shop', ...rest]));
  });

  it('names each once, and everything for what it does not know', () => {
    const twice = keysOfChange('shop', { entities: [entity('flag', 'a'), entity('flag', 'a')] });
    expect(new Set(twice.map((key) => JSON.stringify(key))).size).toBe(twice.length);
    expect(keysOfChange('shop', { entities: [entity('holiday', 'a')] })).toContainEqual(['project', 'shop']);
  });
});
