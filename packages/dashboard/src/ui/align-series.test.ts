import { expect, it } from 'vitest';
import { alignSeries } from './align-series.ts';

it('brings series to one line of times, with gaps where one says nothing', () => {
  const on = [
    [20, 2],
    [40, 4],
  ] as const;
  const off = [
    [10, 1],
    [20, 0],
  ] as const;
  expect(alignSeries([on, off])).toEqual([
    [10, 20, 40],
    [null, 2, 4],
    [1, 0, null],
  ]);
  expect(alignSeries([])).toEqual([[]]);
});
