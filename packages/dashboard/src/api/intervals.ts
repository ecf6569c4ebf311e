/** Stretches of time that counts are shown for. */
export interface Interval {
  readonly value: string;
  readonly label: string;
  readonly seconds: number;
  readonly step: 'minute' | 'hour' | 'day';
}

const MINUTE = 60;
const HOUR = 3_600;

export const INTERVALS = [
  { value: '1h', label: '1 hour', seconds: HOUR, step: 'minute' },
  { value: '24h', label: '24 hours', seconds: 24 * HOUR, step: 'hour' },
  { value: '7d', label: '7 days', seconds: 7 * 24 * HOUR, step: 'hour' },
  { value: '30d', label: '30 days', seconds: 30 * 24 * HOUR, step: 'day' },
] as const satisfies readonly Interval[];

export type IntervalValue = (typeof INTERVALS)[number]['value'];

/** The first one for whatever else an address says. */
export function intervalOf(value: unknown): (typeof INTERVALS)[number] {
  return INTERVALS.find((one) => one.value === value) ?? INTERVALS[0];
}

/** What is asked for: up to and with the minute that is running, so that the same minute asks the same question. */
export function filterOf(
  { seconds, step }: Pick<Interval, 'seconds' | 'step'>,
  now: Date,
): { readonly from: string; readonly to: string; readonly step: Interval['step'] } {
  const to = (Math.floor(now.getTime() / 1_000 / MINUTE) + 1) * MINUTE;
  return { from: new Date((to - seconds) * 1_000).toISOString(), to: new Date(to * 1_000).toISOString(), step };
}
