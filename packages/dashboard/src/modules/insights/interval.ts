/** The intervals that counts can be looked at over. */
export interface Interval {
  readonly value: string;
  readonly label: string;
  readonly ms: number;
  readonly step: 'minute' | 'hour' | 'day';
}

const HOUR_MS = 3_600_000;

export const INTERVALS = [
  { value: '1h', label: '1 hour', ms: HOUR_MS, step: 'minute' },
  { value: '24h', label: '24 hours', ms: 24 * HOUR_MS, step: 'hour' },
  { value: '7d', label: '7 days', ms: 7 * 24 * HOUR_MS, step: 'hour' },
  { value: '30d', label: '30 days', ms: 30 * 24 * HOUR_MS, step: 'day' },
] as const satisfies readonly Interval[];

export type IntervalValue = (typeof INTERVALS)[number]['value'];

/** The first one for whatever else an address says. */
export function intervalOf(value: unknown): (typeof INTERVALS)[number] {
  return INTERVALS.find((one) => one.value === value) ?? INTERVALS[0];
}

/** What is asked for: up to and with the running bucket. `now` is rounded, so that the same question is asked for a while. */
export function filterOf(
  { ms, step }: Pick<Interval, 'ms' | 'step'>,
  now: number,
): { readonly from: string; readonly to: string; readonly step: Interval['step'] } {
  const until = Math.floor(now / 60_000) * 60_000 + 60_000;
  return { from: new Date(until - ms).toISOString(), to: new Date(until).toISOString(), step };
}
