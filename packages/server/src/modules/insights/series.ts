/** Reading the counts over time. Minutes are read from the counts themselves, hours and days from the sums of them. */
import { type EvaluationSeries, SERIES_LIMITS } from '@flaghoist/protocol/management';
import { type Db, type Queryable, rows, sql } from '../../platform/database.ts';
import { fillBuckets, type Span } from './buckets.ts';
import { MOST } from './counts.ts';

export interface SeriesFilter {
  readonly environmentId: string;
  /** Null: all flags. */
  readonly flag: string | null;
  readonly span: Span;
}

interface Counted {
  /** The flag or, when one was asked for, its variant; `isRest` says that it is none of those named. */
  readonly name: string;
  readonly isRest: boolean;
  readonly failed: boolean;
  /** Seconds since 1970. */
  readonly at: number;
  readonly count: number;
}

const DAY_MS = 86_400_000;

export type Series = ReturnType<typeof createSeries>;

export function createSeries(deps: { readonly db: Db }) {
  const { db } = deps;
  return {
    /** Every evaluation of the span is in exactly one series, or in `errors`. */
    async of(filter: SeriesFilter): Promise<Pick<EvaluationSeries, 'series' | 'errors'>> {
      return toSeries(filter, await countedIn(db, filter));
    },

    /** In the order of the environments. A label in the future is a sender's wrong clock, and no last evaluation. */
    async activity(environmentIds: readonly string[], flag: string, now: Date) {
      return rows(
        db,
        sql<{ lastEvaluatedAt: string | null; evaluations: number }>`
          select coalesce((select max(minute) from exposure_counts
              where environment_id = asked.id and flag = ${flag} and minute <= ${now.toISOString()}),
              (select max(at) from exposure_sums
                where environment_id = asked.id and step = 'hour' and flag = ${flag} and at <= ${now.toISOString()})) as "lastEvaluatedAt",
            (select least(coalesce(sum(count), 0), ${MOST})::bigint from exposure_counts
              where environment_id = asked.id and flag = ${flag} and minute <= ${now.toISOString()}
                and minute > ${new Date(now.getTime() - DAY_MS).toISOString()}) as evaluations
          from unnest(${environmentIds}::uuid[]) with ordinality as asked (id, place) order by asked.place`,
      );
    },
  };
}

/** Those names that count most keep theirs; the others are added up. */
async function countedIn(on: Queryable, filter: SeriesFilter): Promise<readonly Counted[]> {
  const name = filter.flag === null ? sql.ref('flag') : sql.ref('variant');
  const most = filter.flag === null ? SERIES_LIMITS.flags : SERIES_LIMITS.variants;
  return rows(
    on,
    sql<Counted>`
      with counted as (
        select ${name} as name, failed, at, sum(count) as count from ${sourceOf(filter)} as source group by 1, 2, 3
      ), top as (
        select name from counted where not failed group by name order by sum(count) desc, name limit ${most}
      )
      select case when top.name is null then '' else top.name end as name, top.name is null as "isRest", failed,
        extract(epoch from at)::bigint as at, least(sum(counted.count), ${MOST})::bigint as count
      from counted left join top on top.name = counted.name group by 1, 2, 3, 4`,
  );
}

function sourceOf({ environmentId, flag, span }: SeriesFilter) {
  const from = new Date(span.from * 1_000).toISOString();
  const to = new Date(span.to * 1_000).toISOString();
  // Not `$1 is null or …`: a plan that is made for any value would not use the index by flag.
  const ofFlag = flag === null ? sql`` : sql`and flag = ${flag}`;
  return span.step === 'minute'
    ? sql`(select flag, variant, reason = 'ERROR' as failed, minute as at, count from exposure_counts
        where environment_id = ${environmentId}::uuid and minute >= ${from} and minute < ${to} ${ofFlag})`
    : sql`(select flag, variant, failed, at, count from exposure_sums
        where environment_id = ${environmentId}::uuid and step = ${span.step} and at >= ${from} and at < ${to} ${ofFlag})`;
}

function toSeries({ flag, span }: SeriesFilter, counted: readonly Counted[]) {
  const errors = new Map<number, number>();
  const named = new Map<string, { readonly isRest: boolean; total: number; readonly points: Map<number, number> }>();
  for (const { name, isRest, failed, at, count } of counted) {
    if (failed) {
      errors.set(at, (errors.get(at) ?? 0) + count);
      continue;
    }
    const id = isRest ? 'rest' : `is ${name}`;
    const one = named.get(id) ?? { isRest, total: 0, points: new Map<number, number>() };
    one.total += count;
    one.points.set(at, count);
    named.set(id, one);
  }
  const largestFirst = [...named].sort(
    ([idA, a], [idB, b]) => Number(a.isRest) - Number(b.isRest) || b.total - a.total || (idA < idB ? -1 : 1),
  );
  return {
    series: largestFirst.map(([id, { isRest, points }]) => ({
      ...labelOf(flag, isRest ? null : id.slice('is '.length)),
      points: fillBuckets(span, points).map((point) => [...point]),
    })),
    errors: fillBuckets(span, errors).map((point) => [...point]),
  };
}

function labelOf(flag: string | null, name: string | null): { flag: string | null; variant: string | null } {
  if (name === null) return { flag: null, variant: null };
  return flag === null ? { flag: name, variant: null } : { flag, variant: name === '' ? null : name };
}
