/** How far a change has come, in words. */
import type { FollowerShare } from './openapi.d.ts';

/** `2 of 3 instances`, `1 of 1 edge`. */
export function shareText({ live, applied }: Pick<FollowerShare, 'live' | 'applied'>, one: string): string {
  return `${format.format(applied)} of ${format.format(live)} ${live === 1 ? one : `${one}s`}`;
}

/** Of all live followers; null when there are none. */
export function reachedShare(edges: FollowerShare, instances: FollowerShare): number | null {
  const live = edges.live + instances.live;
  return live === 0 ? null : (edges.applied + instances.applied) / live;
}

/** `12 ms`, `1.2 s`, `3 min`. */
export function durationText(ms: number): string {
  if (ms < 1_000) return `${Math.round(ms)} ms`;
  if (ms < 60_000) return `${(ms / 1_000).toFixed(ms < 10_000 ? 1 : 0)} s`;
  return ms < 7_200_000 ? `${Math.round(ms / 60_000)} min` : `${Math.round(ms / 3_600_000)} h`;
}

/** How old a ruleset is; null: nobody knows. What is younger than a few heartbeats of a computer is as good as new. */
export function ageText(ms: number | null): string {
  if (ms === null) return 'not known';
  return ms < 2_000 ? 'up to date' : durationText(ms);
}

/** `p50 12 ms, p99 40 ms`; null when nobody has said. */
export function speedText({ p50Ms, p99Ms }: Pick<FollowerShare, 'p50Ms' | 'p99Ms'>): string | null {
  return p50Ms === null || p99Ms === null ? null : `p50 ${durationText(p50Ms)}, p99 ${durationText(p99Ms)}`;
}

const format = new Intl.NumberFormat('en');
