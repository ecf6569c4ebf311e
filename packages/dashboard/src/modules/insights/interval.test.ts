import { describe, expect, it } from 'vitest';
import { filterOf, INTERVALS, intervalOf } from './interval.ts';

const NOON = Date.UTC(2026, 10, 22, 12, 0, 30);

describe('an interval', () => {
  it('ends with the running minute, and is the same question for all of it', () => {
    const [hour] = INTERVALS;
    expect(filterOf(hour, NOON)).toEqual({
      from: '2026-11-22T11:01:00.000Z',
      to: '2026-11-22T12:01:00.000Z',
      step: 'minute',
    });
    expect(filterOf(hour, NOON + 29_000)).toEqual(filterOf(hour, NOON));
  });

  it('is the last hour when the address says something else', () => {
    expect(intervalOf('7d').label).toBe('7 days');
    for (const value of [undefined, '', 7, '1y']) expect(intervalOf(value).value).toBe('1h');
  });

  it('never has more buckets than the server answers', () => {
    const sizes = { minute: 60_000, hour: 3_600_000, day: 86_400_000 };
    for (const { ms, step } of INTERVALS) expect(ms / sizes[step]).toBeLessThan(1_500);
  });
});
