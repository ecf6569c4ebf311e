import { describe, expect, it } from 'vitest';
import { byDay, dayName } from './days.ts';

/** Midday, so that the machine's time zone changes no day. */
const at = (date: string) => ({ at: new Date(`${date}T12:00:00`).toISOString() });

describe('the days of a timeline', () => {
  it('follow each other as the changes do', () => {
    const changes = [at('2026-11-22'), at('2026-11-22'), at('2026-11-20')];
    expect(byDay(changes).map(({ date, items }) => [date, items.length])).toEqual([
      ['2026-11-22', 2],
      ['2026-11-20', 1],
    ]);
    expect(byDay([])).toEqual([]);
  });

  it.each([
    ['2026-11-22', 'Today'],
    ['2026-11-21', 'Yesterday'],
    ['2026-11-20', 'Friday, November 20'],
    ['2025-11-20', 'Thursday, November 20, 2025'],
  ])('%s is called %s', (date, name) => {
    expect(dayName(date, new Date('2026-11-22T12:00:00'))).toBe(name);
  });

  it('knows yesterday on the first of a month', () => {
    expect(dayName('2026-10-31', new Date('2026-11-01T00:30:00'))).toBe('Yesterday');
  });
});
