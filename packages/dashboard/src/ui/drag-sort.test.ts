import { describe, expect, it } from 'vitest';
import { placeOf, roomOf } from './drag-sort.ts';

/** Three items of 50 pixels, 8 apart, and a tall one. */
const SPANS = [
  { top: 0, height: 50 },
  { top: 58, height: 50 },
  { top: 116, height: 50 },
  { top: 174, height: 200 },
];

describe('an item that is dragged', () => {
  it('stays in its place until it is nearer to another', () => {
    expect(placeOf(SPANS, 0, 28)).toBe(0);
    expect(placeOf(SPANS, 0, 30)).toBe(1);
    expect(placeOf(SPANS, 1, -30)).toBe(0);
  });

  it('takes the last place however far below it is dragged, and the first however far above', () => {
    expect(placeOf(SPANS, 0, 5_000)).toBe(3);
    expect(placeOf(SPANS, 3, -5_000)).toBe(0);
  });

  it('is made room for by those between its place and where it is over, and by no other', () => {
    expect([0, 1, 2, 3].map((place) => roomOf(SPANS, 0, 2, place))).toEqual([0, -58, -58, 0]);
    expect([0, 1, 2, 3].map((place) => roomOf(SPANS, 3, 1, place))).toEqual([0, 208, 208, 0]);
    expect([0, 1, 2, 3].map((place) => roomOf(SPANS, 1, 1, place))).toEqual([0, 0, 0, 0]);
  });
});
