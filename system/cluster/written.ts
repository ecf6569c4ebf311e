/** What the database of a cluster holds in the end: what was committed, and what was published of it. */
import { queryOnce } from '@flaghoist/testkit/postgres';

export interface CommittedRevision {
  readonly epoch: number;
  readonly revision: number;
  readonly change: string;
  /** What the number flags that it wrote answer. */
  readonly values: Readonly<Record<string, number>>;
}

export interface Written {
  readonly revisions: readonly CommittedRevision[];
  /** Hashes of heads that were published, by `epoch.revision`. */
  readonly heads: ReadonlyMap<string, string>;
}

/** Of its one environment. */
export async function readWritten(databaseUrl: string): Promise<Written> {
  const revisions = await queryOnce(
    databaseUrl,
    `select r.epoch::int as epoch, r.revision::int as revision, r.change_id::text as change,
        coalesce(json_object_agg(v.key, v.json) filter (where v.kind = 'flag'), '{}') as flags
      from revisions r left join entity_versions v using (environment_id, revision)
      group by r.environment_id, r.revision, r.epoch, r.change_id order by r.revision`,
  );
  const heads = await queryOnce(
    databaseUrl,
    `select epoch || '.' || revision as place, hash from heads order by epoch, revision`,
  );
  return {
    revisions: revisions.map(({ epoch, revision, change, flags }) => ({
      epoch: Number(epoch),
      revision: Number(revision),
      change: String(change),
      values: Object.fromEntries(
        Object.entries(flags as Record<string, string>).map(([key, json]) => [key, nowOf(json)]),
      ),
    })),
    heads: new Map(heads.map(({ place, hash }) => [String(place), String(hash)])),
  };
}

/** What a number flag with the variant `now` answers. */
export function nowOf(json: string): number {
  return (JSON.parse(json) as { readonly variants: { readonly now: number } }).variants.now;
}
