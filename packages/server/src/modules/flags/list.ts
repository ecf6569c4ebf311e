/** The list of a project's flags: filters, orders, and a page of it. */
import type { FlagType } from '@flaghoist/evaluator';
import { type Db, row, rows, sql } from '../../platform/database.ts';
import { badCursor } from '../../platform/page.ts';
import { holdsAll } from '../../platform/text-search.ts';
import { parseTimestamp } from '../../platform/timestamp.ts';
import { FLAG_COLUMNS, type FlagRow } from './rows.ts';

export const SORTS = ['key', 'name', 'created', 'changed'] as const;
export type Sort = (typeof SORTS)[number];
export type Order = 'asc' | 'desc';

export interface FlagFilter {
  readonly projectId: string;
  readonly archived: boolean;
  /** Folded; each has to be somewhere in the flag's texts. */
  readonly words: readonly string[];
  readonly tag: string | undefined;
  readonly owner: string | undefined;
  readonly type: FlagType | undefined;
  /** Only flags that are in this environment, with `enabled` only those in that state. */
  readonly environmentId: string | undefined;
  readonly enabled: boolean | undefined;
}

export interface FlagOrder {
  readonly sort: Sort;
  readonly order: Order;
  /** Environments whose changes count for the order by change. */
  readonly within: readonly string[];
}

/** A flag, with the text of what it is sorted by. */
export interface PlacedFlag extends FlagRow {
  readonly place: string;
}

/** Where a page begins: behind this flag. */
interface Place {
  readonly key: string;
  readonly value: string;
}

/** A page from behind a cursor's place; `after` is null for the first one. */
export async function selectFlagPage(
  db: Db,
  filter: FlagFilter,
  { sort, order, within }: FlagOrder,
  after: string | null,
  limit: number,
): Promise<readonly PlacedFlag[]> {
  const from = after === null ? null : readPlace(after, sort, order);
  const value = {
    key: sql`f.key collate "C"`,
    name: sql`f.folded_name collate "C"`,
    created: sql`f.created_at`,
    changed: sql`greatest(f.changed_at, c.at)`,
  }[sort];
  const changes = sql`left join (select key, max(changed_at) as at from flag_states
    where environment_id = any(${within}::uuid[]) group by key) c on c.key = f.key`;
  const type = sql.raw(isTime(sort) ? 'timestamptz' : 'text');
  const direction = sql.raw(order);
  const behind =
    from === null
      ? sql`true`
      : sql`(${value}, f.key collate "C") ${sql.raw(order === 'asc' ? '>' : '<')} (${from.value}::${type}, ${from.key}::text)`;
  return rows(
    db,
    sql<PlacedFlag>`select ${FLAG_COLUMNS}, ${value} as place from flags f ${sort === 'changed' ? changes : sql``}
      where ${matches(filter)} and ${behind} order by ${value} ${direction}, f.key collate "C" ${direction} limit ${limit}`,
  );
}

export async function countFlags(db: Db, filter: FlagFilter): Promise<number> {
  const found = await row(db, sql<{ total: number }>`select count(*) as total from flags f where ${matches(filter)}`);
  return found?.total ?? 0;
}

/** What a cursor holds. It is bound to its sort and order, under which alone it is a place. */
export function placeText({ key, place }: Pick<PlacedFlag, 'key' | 'place'>, { sort, order }: FlagOrder): string {
  return `${sort} ${order}\n${key}\n${place}`;
}

function readPlace(text: string, sort: Sort, order: Order): Place {
  const [bound, key, ...value] = text.split('\n');
  if (bound !== `${sort} ${order}`)
    throw badCursor('This cursor is of a list in another order. Begin again without it, or keep `sort` and `order`.');
  const place = { key: key ?? '', value: value.join('\n') };
  if (isTime(sort) && parseTimestamp(place.value) === null) throw badCursor();
  return place;
}

function isTime(sort: Sort): boolean {
  return sort === 'created' || sort === 'changed';
}

function matches({ projectId, archived, words, tag, owner, type, environmentId, enabled }: FlagFilter) {
  const state = enabled === undefined ? sql`true` : sql`s.enabled = ${enabled}`;
  const conditions = [
    sql`f.project_id = ${projectId}::uuid`,
    archived ? sql`f.archived_at is not null` : sql`f.archived_at is null`,
    holdsAll(sql`f.search`, words),
    ...(tag === undefined ? [] : [sql`${tag} = any(f.tags)`]),
    ...(owner === undefined ? [] : [sql`f.owner = ${owner}`]),
    ...(type === undefined ? [] : [sql`f.type = ${type}`]),
    ...(environmentId === undefined
      ? []
      : [
          sql`exists (select 1 from flag_states s where s.environment_id = ${environmentId}::uuid and s.key = f.key and ${state})`,
        ]),
  ];
  return sql.join(conditions, sql` and `);
}

const MOST_VALUES = 500;

/** What the active flags of a project have, the most frequent first. */
export async function selectFacets(db: Db, projectId: string) {
  const counted = (value: ReturnType<typeof sql>, from: ReturnType<typeof sql>) =>
    rows(
      db,
      sql<{ value: string; count: number }>`select ${value} as value, count(*) as count from flags f ${from}
        where f.project_id = ${projectId}::uuid and f.archived_at is null and ${value} <> ''
        group by 1 order by 2 desc, 1 limit ${MOST_VALUES}`,
    );
  const [tags, owners, types] = await Promise.all([
    counted(sql`t.tag collate "C"`, sql`cross join unnest(f.tags) as t (tag)`),
    counted(sql`f.owner collate "C"`, sql``),
    counted(sql`f.type collate "C"`, sql``),
  ]);
  return { tags, owners, types: types as { value: FlagType; count: number }[] };
}
