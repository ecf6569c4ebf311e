/** How long a revision took, out of what edges say of it. */
import { LATENCY_BOUNDS_MS } from '@flaghoist/protocol/exposures';

/** So many followers had it after so long. */
export interface Sample {
  readonly ms: number;
  readonly followers: number;
}

/** Instances count from their edge; a bucket stands for its upper bound, the last one for the highest there is. */
export function instanceSamples(
  edgeMs: number,
  histogram: readonly (readonly [bucket: number, instances: number])[],
): readonly Sample[] {
  const highest = LATENCY_BOUNDS_MS.at(-1) ?? 0;
  return histogram.map(([bucket, followers]) => ({ ms: edgeMs + (LATENCY_BOUNDS_MS[bucket] ?? highest), followers }));
}

/** The least time within which this share (0 to 1) had it; null when nobody has said. */
export function percentile(samples: readonly Sample[], share: number): number | null {
  const all = samples.reduce((sum, { followers }) => sum + followers, 0);
  if (all === 0) return null;
  const ordered = [...samples].sort((a, b) => a.ms - b.ms);
  let within = 0;
  for (const { ms, followers } of ordered) {
    within += followers;
    if (within >= share * all) return Math.round(ms * 10) / 10;
  }
  return null;
}
