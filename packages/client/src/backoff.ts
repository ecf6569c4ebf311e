/** How long whoever failed waits before asking again, and whoever polls. */
import { HEARTBEAT_MS } from '@flaghoist/protocol/ruleset';

export const BACKOFF_BASE_MS = 1_000;
export const BACKOFF_CAP_MS = 30_000;
/** More than this much of a `Retry-After` is not believed: a mistaken one must not silence a fleet for days. */
export const RETRY_AFTER_CAP_MS = 300_000;

/** How long whoever follows waits between attempts: the first window and the longest; and 0.8 to 1.2 of `pollMs` between polls. */
export interface Pace {
  readonly baseMs: number;
  readonly capMs: number;
  readonly pollMs: number;
}

export const PACE: Pace = { baseMs: BACKOFF_BASE_MS, capMs: BACKOFF_CAP_MS, pollMs: HEARTBEAT_MS };

/**
 * The window after this many earlier failures in a row: 1, 1, 2, 4 ... 30 s, unless another pace is given. With full jitter (a uniform part of the
 * window is waited) those who failed together do not come back together.
 */
export function backoff(failures: number, { baseMs, capMs }: Omit<Pace, 'pollMs'> = PACE): number {
  return Math.min(capMs, baseMs * 2 ** Math.min(Math.max(0, failures - 1), 16));
}

/** What to wait at least because a server asked for it. */
export function believedRetryAfter(retryAfterMs: number | null | undefined): number {
  return Math.min(Math.max(0, retryAfterMs ?? 0), RETRY_AFTER_CAP_MS);
}
