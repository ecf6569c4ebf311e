import { describe, expect, it } from 'vitest';
import { byNeed, stateOf } from './order.ts';

const follower = (host: string, more: object = {}) => ({ host, live: true, lag: 0, problem: null, ...more });

describe('followers', () => {
  it('are current, behind, refusing or gone', () => {
    expect(stateOf(follower('a'))).toBe('current');
    expect(stateOf(follower('a', { lag: 2 }))).toBe('behind');
    expect(stateOf(follower('a', { lag: null }))).toBe('behind');
    expect(stateOf(follower('a', { problem: 'no', lag: 2 }))).toBe('refuses');
    expect(stateOf(follower('a', { live: false, problem: 'no' }))).toBe('gone');
  });

  it('that need somebody come first', () => {
    const all = [
      follower('gone', { live: false }),
      follower('b'),
      follower('a'),
      follower('one behind', { lag: 1 }),
      follower('far behind', { lag: 9 }),
      follower('refuses', { problem: 'no' }),
    ];
    expect(byNeed(all).map(({ host }) => host)).toEqual(['refuses', 'far behind', 'one behind', 'a', 'b', 'gone']);
  });
});
