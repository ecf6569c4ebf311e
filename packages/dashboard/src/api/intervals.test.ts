import { describe, expect, it } from 'vitest';
import { filterOf, INTERVALS, intervalOf } from './intervals.ts';

describe('an interval', () => {
  it('ends with the minute that is running', () => {
    const [hour] = INTERVALS;
    const asked = { from: '2026-03-01T08:31:00.000Z', to: '2026-03-01T09:31:00.000Z', step: 'minute' };
    expect(filterOf(hour, new Date('2026-03-01T09:30:20Z'))).toEqual(asked);
    expect(filterOf(hour, new Date('2026-03-01T09:30:00Z'))).toEqual(asked);
    expect(filterOf(hour, new Date('2026-03-01T09:30:59.999Z'))).toEqual(asked);
  });

  it('holds at most 1,500 steps', () => {
    const seconds = { minute: 60, hour: 3_600, day: 86_400 } as const;
    for (const interval of INTERVALS) expect(interval.seconds / seconds[interval.step]).toBeLessThanOrEqual(1_500);
  });

  it('is the first one where an address names none', () => {
    expect(intervalOf('7d').seconds).toBe(604_800);
    expect(intervalOf('century').value).toBe('1h');
    expect(intervalOf(undefined).value).toBe('1h');
  });
});
