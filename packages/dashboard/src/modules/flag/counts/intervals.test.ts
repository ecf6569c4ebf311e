import { describe, expect, it } from 'vitest';
import { INTERVALS, rangeOf } from './intervals.ts';

describe('an interval', () => {
  it('ends with the minute that is running, and holds at most 1,500 steps', () => {
    const [hour] = INTERVALS;
    expect(rangeOf(hour, new Date('2026-03-01T09:30:20Z'))).toEqual({
      from: '2026-03-01T08:31:00.000Z',
      to: '2026-03-01T09:31:00.000Z',
    });
    const seconds = { minute: 60, hour: 3_600, day: 86_400 } as const;
    for (const interval of INTERVALS) expect(interval.seconds / seconds[interval.step]).toBeLessThanOrEqual(1_500);
  });
});
