import { describe, expect, it } from 'vitest';
import { createMoments } from './moment.ts';

function counting() {
  const reads = { now: 0, random: 0 };
  const begin = createMoments({ now: () => 1_000 + reads.now++, random: () => reads.random++ / 8 });
  return { reads, begin };
}

describe('a moment', () => {
  it('reads neither clock nor random numbers until a rule asks', () => {
    const { reads, begin } = counting();
    begin();
    begin();
    expect(reads).toEqual({ now: 0, random: 0 });
  });

  it('stays what it is during one evaluation', () => {
    const moment = counting().begin();
    expect([moment.now, moment.now, moment.random, moment.random]).toEqual([1_000, 1_000, '0', '0']);
  });

  it('is another one for the next evaluation', () => {
    const { begin } = counting();
    const first = begin();
    expect([first.now, first.random]).toEqual([1_000, '0']);
    const second = begin();
    expect([second.now, second.random]).toEqual([1_001, '0.125']);
  });
});
