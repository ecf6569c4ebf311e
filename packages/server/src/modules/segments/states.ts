/** What lists show of a segment: derived from its entity in the transaction that writes it, so that a list reads no keys. */
import type { Segment } from '@flaghoist/evaluator';
import { type Queryable, rows, sql, type Tx } from '../../platform/database.ts';
import { type Found, holdsAll, rankOf } from '../../platform/text-search.ts';
import type { WrittenEntity } from '../changes/index.ts';

/** Counts, and the revision that last changed it. */
export interface SegmentState {
  readonly key: string;
  readonly included: number;
  readonly excluded: number;
  readonly conditions: number;
  readonly revision: number;
  readonly changedAt: string;
}

/** Keeps `segment_states` true to what a write wrote. */
export async function followSegments(tx: Tx, written: readonly WrittenEntity[]): Promise<void> {
  for (const { kind, environmentId, key, json, revision, at } of written) {
    if (kind !== 'segment') continue;
    if (json === null) {
      await sql`delete from segment_states where environment_id = ${environmentId}::uuid and key = ${key}`.execute(tx);
      continue;
    }
    const { included = [], excluded = [], conditions = [] } = JSON.parse(json) as Segment;
    await sql`insert into segment_states (environment_id, key, included, excluded, conditions, revision, changed_at)
      values (${environmentId}::uuid, ${key}, ${included.length}, ${excluded.length}, ${conditions.length}, ${revision}, ${at})
      on conflict (environment_id, key) do update set included = excluded.included, excluded = excluded.excluded,
        conditions = excluded.conditions, revision = excluded.revision, changed_at = excluded.changed_at`.execute(tx);
  }
}

/** Those above `after` whose key holds all words, by key. */
export function selectSegments(
  on: Queryable,
  environmentId: string,
  words: readonly string[],
  after: string,
  limit: number,
): Promise<SegmentState[]> {
  return rows(
    on,
    sql<SegmentState>`select key, included, excluded, conditions, revision, changed_at as "changedAt" from segment_states
      where environment_id = ${environmentId}::uuid and key > ${after} and ${holdsAll(sql`lower(key)`, words)}
      order by key limit ${limit}`,
  );
}

/** For the search over everything: the best of the living segments of some environments. */
export function findSegments(
  on: Queryable,
  words: readonly string[],
  environmentIds: readonly string[],
  limit: number,
): Promise<Found[]> {
  const rank = rankOf(sql`lower(s.key)`, sql`lower(s.key)`, words);
  return rows(
    on,
    sql<Found>`select p.key as project, e.key as environment, s.key, s.key as name, ${rank} as rank
      from segment_states s join environments e on e.id = s.environment_id join projects p on p.id = e.project_id
      where s.environment_id = any(${environmentIds}::uuid[]) and ${holdsAll(sql`lower(s.key)`, words)}
      order by rank, length(s.key), s.key, p.key collate "C", e.key collate "C" limit ${limit}`,
  );
}

/** The newest text of the living segments of an environment that hold a text. */
export function selectHolding(
  on: Queryable,
  environmentId: string,
  text: string,
): Promise<{ readonly key: string; readonly json: string }[]> {
  return rows(
    on,
    sql`select s.key, v.json from segment_states s
      join entity_versions v on v.environment_id = s.environment_id and v.kind = 'segment' and v.key = s.key
        and v.revision = s.revision
      where s.environment_id = ${environmentId}::uuid and s.conditions > 0 and strpos(v.json, ${text}) > 0`,
  );
}

/** Which of some segments were archived. */
export async function selectArchived(
  on: Queryable,
  environmentId: string,
  keys: readonly string[],
): Promise<ReadonlySet<string>> {
  const newest = await rows(
    on,
    sql<{ key: string; archived: boolean }>`
      select distinct on (key) key, json is null as archived from entity_versions
      where environment_id = ${environmentId}::uuid and kind = 'segment' and key = any(${[...keys]}::text[])
      order by key, revision desc`,
  );
  return new Set(newest.filter(({ archived }) => archived).map(({ key }) => key));
}
