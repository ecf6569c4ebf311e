import { expect, it } from 'vitest';
import { Shares } from './shares.ts';

it('one holder has a quarter of the places at most, and all together no more than there are', () => {
  const shares = new Shares(8);
  const take = (holder: string) => [1, 2, 3].map(() => shares.take(holder));
  for (const holder of ['a', 'b', 'c', 'd']) expect(take(holder)).toEqual([true, true, false]);
  expect([shares.take('e'), shares.taken]).toEqual([false, 8]);
  shares.giveBack('a');
  expect([shares.take('e'), shares.take('a'), shares.taken]).toEqual([true, false, 8]);
  shares.giveBack('nobody');
  expect(shares.taken).toBe(8);
});

it('there is one place for each holder where there are fewer than four', () => {
  const shares = new Shares(2);
  expect(['a', 'a', 'b', 'c'].map((holder) => shares.take(holder))).toEqual([true, false, true, false]);
});
