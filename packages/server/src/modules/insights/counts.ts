/** Reading the counts. */
import { type Db, row, rows, sql } from '../../platform/database.ts';

export interface CountFilter {
  readonly environmentId: string;
  readonly flag: string | null;
  readonly from: string;
  readonly to: string;
}

/** Where counts and sums stop, whatever senders claim: numbers are exact up to here, and an overflow fails everybody. */
export const MOST = Number.MAX_SAFE_INTEGER;

export type Counts = ReturnType<typeof createCounts>;

export function createCounts(deps: { readonly db: Db }) {
  const { db } = deps;
  return {
    /** Sums over minutes in [from, to), largest first, at most 1,000 kinds of answer. */
    async sums({ environmentId, flag, from, to }: CountFilter) {
      return rows(
        db,
        sql<{ flag: string; variant: string | null; reason: string; rule: string | null; count: number }>`
          select flag, nullif(variant, '') as variant, reason, nullif(rule, '') as rule, least(coalesce(sum(count), 0), ${MOST})::bigint as count from exposure_counts
          where environment_id = ${environmentId}::uuid and minute >= ${from} and minute < ${to} and (${flag}::text is null or flag = ${flag})
          group by 1, 2, 3, 4 order by count desc, flag, variant limit 1000`,
      );
    },

    async total({ environmentId, from, to }: CountFilter): Promise<number> {
      const found = await row(
        db,
        sql<{
          n: number | null;
        }>`select least(coalesce(sum(count), 0), ${MOST})::bigint as n from exposure_counts where environment_id = ${environmentId}::uuid and minute >= ${from} and minute < ${to}`,
      );
      return found?.n ?? 0;
    },

    /** How complete the counts are, over all senders of an environment. */
    async completeness(environmentId: string) {
      const found = await row(
        db,
        sql<{
          batches: number | null;
          highest: number | null;
          dropped: number | null;
        }>`select least(coalesce(sum(batches), 0), ${MOST})::bigint as batches, least(coalesce(sum(highest), 0), ${MOST})::bigint as highest,
          least(coalesce(sum(dropped), 0), ${MOST})::bigint as dropped from exposure_senders where environment_id = ${environmentId}::uuid`,
      );
      const batches = found?.batches ?? 0;
      return { batches, missing: (found?.highest ?? 0) - batches, dropped: found?.dropped ?? 0 };
    },

    /** When something was last counted in an environment; null: never. */
    async updatedAt(environmentId: string): Promise<string | null> {
      const found = await row(
        db,
        sql<{
          at: string | null;
        }>`select max(last_at) as at from exposure_senders where environment_id = ${environmentId}::uuid`,
      );
      return found?.at ?? null;
    },
  };
}
