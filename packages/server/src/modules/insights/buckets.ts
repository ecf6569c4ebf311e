/** Buckets of time, in UTC, and counts laid over them so that none is missing. Pure. */
import { SERIES_LIMITS, type SeriesStep } from '@flaghoist/protocol/management';

export const STEP_SECONDS: { readonly [step in SeriesStep]: number } = { minute: 60, hour: 3_600, day: 86_400 };

/** Seconds since 1970; both are the beginning of a bucket, and `to` is not part of it. */
export interface Span {
  readonly step: SeriesStep;
  readonly from: number;
  readonly to: number;
}

/** A bucket's beginning and what it counts. */
export type Point = readonly [at: number, count: number];

/** The smallest span of whole buckets around an interval, given in milliseconds since 1970. */
export function spanAround(step: SeriesStep, fromMs: number, toMs: number): Span {
  const seconds = STEP_SECONDS[step];
  return {
    step,
    from: Math.floor(fromMs / 1_000 / seconds) * seconds,
    to: Math.ceil(toMs / 1_000 / seconds) * seconds,
  };
}

/** What there is when nobody says since when: an hour by minute, and for other steps as many buckets. `toMs` is within the last one, or its end. */
export function lastBuckets(step: SeriesStep, toMs: number): Span {
  const { to } = spanAround(step, toMs, toMs);
  return { step, from: Math.max(0, to - 60 * STEP_SECONDS[step]), to };
}

export function bucketsIn({ step, from, to }: Span): number {
  return (to - from) / STEP_SECONDS[step];
}

export function isTooLong(span: Span): boolean {
  return bucketsIn(span) > SERIES_LIMITS.buckets;
}

/** Every bucket of the span, in order; those that nothing is known of are zero. */
export function fillBuckets(span: Span, known: ReadonlyMap<number, number>): Point[] {
  return Array.from({ length: bucketsIn(span) }, (_, i) => {
    const at = span.from + i * STEP_SECONDS[span.step];
    return [at, known.get(at) ?? 0] as const;
  });
}
