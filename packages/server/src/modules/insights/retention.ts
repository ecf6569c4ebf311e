/** How long counts are kept, and the partitions that they are kept in. */
import type { SeriesStep } from '@flaghoist/protocol/management';
import { affected, type Db, sql } from '../../platform/database.ts';
import { keepPartitions, keptSince, type PartitionedTable } from '../../platform/time-partitions.ts';

export interface KeptCounts {
  /** Counts by minute, and who sent them. */
  readonly minutesMs: number;
  /** Sums by hour and by day. */
  readonly sumsMs: number;
}

const DAY_MS = 86_400_000;
export const DEFAULT_KEPT: KeptCounts = { minutesMs: 90 * DAY_MS, sumsMs: 800 * DAY_MS };

const MINUTES: PartitionedTable = { table: 'exposure_counts', column: 'minute', step: 'day', ahead: 3 };
const SUMS: PartitionedTable = { table: 'exposure_sums', column: 'at', step: 'month', ahead: 1 };

export type Retention = ReturnType<typeof createRetention>;

export function createRetention(deps: { readonly db: Db; readonly now: () => Date; readonly kept: KeptCounts }) {
  const { db, kept } = deps;
  /** Since when there are counts of this step; what is older may be gone. */
  function since(step: SeriesStep): Date {
    const isMinute = step === 'minute';
    return keptSince(isMinute ? MINUTES : SUMS, deps.now(), isMinute ? kept.minutesMs : kept.sumsMs);
  }

  return {
    since,
    /** Makes partitions ahead of time and drops what is old; answers how much was dropped. */
    async forgetOld(): Promise<number> {
      const now = deps.now();
      const minutes = await keepPartitions(db, MINUTES, now, kept.minutesMs);
      const sums = await keepPartitions(db, SUMS, now, kept.sumsMs);
      // A partition is made once a day: senders have no index by age, which every batch would have to keep up.
      const silent = minutes.made === 0 ? 0 : await forgetSilent(db, since('minute'));
      return minutes.dropped + minutes.late + sums.dropped + sums.late + silent;
    },
  };
}

/** Senders whose counts are gone: each start of a process is one. */
function forgetSilent(db: Db, since: Date): Promise<number> {
  return affected(db, sql`delete from exposure_senders where last_at < ${since.toISOString()}`);
}
