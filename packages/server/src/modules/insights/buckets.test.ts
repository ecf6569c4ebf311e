import { describe, expect, it } from 'vitest';
import { bucketsIn, fillBuckets, isTooLong, lastBuckets, spanAround } from './buckets.ts';

const at = (text: string): number => Date.parse(text);
const seconds = (text: string): number => at(text) / 1_000;

describe('buckets of time', () => {
  it('are whole, in UTC, and cover what was asked for', () => {
    const [from, to] = [at('2026-03-28T23:59:59.999Z'), at('2026-03-29T00:00:00.001Z')];
    expect(spanAround('minute', from, to)).toEqual({
      step: 'minute',
      from: seconds('2026-03-28T23:59:00Z'),
      to: seconds('2026-03-29T00:01:00Z'),
    });
    expect(bucketsIn(spanAround('hour', from, to))).toBe(2);
    // Days of 24 hours, whatever clocks on walls do that night.
    expect(spanAround('day', from, to)).toEqual({
      step: 'day',
      from: seconds('2026-03-28T00:00:00Z'),
      to: seconds('2026-03-30T00:00:00Z'),
    });
  });

  it('that were asked for exactly stay as they are', () => {
    const [from, to] = [at('2026-03-28T10:00:00Z'), at('2026-03-28T12:00:00Z')];
    expect(spanAround('hour', from, to)).toEqual({ step: 'hour', from: from / 1_000, to: to / 1_000 });
  });

  it('are the last 60 with the running one, when nobody says since when', () => {
    const now = at('2026-03-28T10:20:30Z');
    expect(lastBuckets('minute', now)).toEqual({
      step: 'minute',
      from: seconds('2026-03-28T09:21:00Z'),
      to: seconds('2026-03-28T10:21:00Z'),
    });
    expect(bucketsIn(lastBuckets('day', now))).toBe(60);
    expect(lastBuckets('day', at('1970-01-03T00:00:00Z'))).toEqual({ step: 'day', from: 0, to: 172_800 });
  });

  it('are 1,500 at most', () => {
    expect(isTooLong({ step: 'minute', from: 0, to: 1_500 * 60 })).toBe(false);
    expect(isTooLong({ step: 'minute', from: 0, to: 1_501 * 60 })).toBe(true);
  });

  it('that nothing is known of are zero', () => {
    const span = { step: 'hour', from: 7_200, to: 18_000 } as const;
    expect(fillBuckets(span, new Map([[10_800, 5]]))).toEqual([
      [7_200, 0],
      [10_800, 5],
      [14_400, 0],
    ]);
  });
});
