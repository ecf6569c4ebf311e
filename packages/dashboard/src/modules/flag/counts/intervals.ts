/** Stretches of time that counts are shown for. */
export type IntervalKey = '1h' | '24h' | '7d' | '30d';

export interface Interval {
  readonly value: IntervalKey;
  readonly label: string;
  readonly seconds: number;
  readonly step: 'minute' | 'hour' | 'day';
}

const HOUR = 3_600;

export const INTERVALS: readonly Interval[] = [
  { value: '1h', label: '1 h', seconds: HOUR, step: 'minute' },
  { value: '24h', label: '24 h', seconds: 24 * HOUR, step: 'hour' },
  { value: '7d', label: '7 d', seconds: 7 * 24 * HOUR, step: 'hour' },
  { value: '30d', label: '30 d', seconds: 30 * 24 * HOUR, step: 'day' },
];

/** From when to when, to the second minute, so that the same minute asks the same question. */
export function rangeOf({ seconds }: Interval, now: Date): { readonly from: string; readonly to: string } {
  const to = Math.ceil(now.getTime() / 60_000) * 60;
  return { from: new Date((to - seconds) * 1_000).toISOString(), to: new Date(to * 1_000).toISOString() };
}
