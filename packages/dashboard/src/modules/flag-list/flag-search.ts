/** What narrows and orders the list of flags. It stands in the address, so that a view can be shared. */

export type FlagKind = 'boolean' | 'string' | 'number' | 'object';
export type Sort = 'key' | 'name' | 'created' | 'changed';
export type Order = 'asc' | 'desc';
export type State = 'on' | 'off';
export type Lifecycle = 'active' | 'archived';

/** Absent members are at their default: nothing narrowed, active flags, by key. */
export interface FlagSearch {
  readonly q?: string;
  readonly tag?: string;
  readonly owner?: string;
  readonly type?: FlagKind;
  /** The environment whose state is chosen by, and whose switch stands in each row. */
  readonly env?: string;
  readonly state?: State;
  readonly lifecycle?: 'archived';
  readonly sort?: Sort;
  readonly order?: Order;
}

export type FlagSearchMember = keyof FlagSearch;

export const SORTS: readonly Sort[] = ['key', 'name', 'created', 'changed'];
const TYPES: readonly FlagKind[] = ['boolean', 'string', 'number', 'object'];
const NARROWING = ['q', 'tag', 'owner', 'type', 'state', 'lifecycle'] as const;
export type Narrowing = (typeof NARROWING)[number];

/** Reads an address; whatever is not understood is left out. */
export function parseFlagSearch(raw: Readonly<Record<string, unknown>>): FlagSearch {
  const search: Record<string, string> = {};
  for (const member of ['q', 'tag', 'owner', 'env'] as const) {
    const text = textOf(raw[member]);
    if (text !== '') search[member] = text;
  }
  keepOneOf(search, 'type', raw['type'], TYPES);
  keepOneOf(search, 'state', raw['state'], ['on', 'off']);
  keepOneOf(search, 'lifecycle', raw['lifecycle'], ['archived']);
  keepOneOf(search, 'sort', raw['sort'], SORTS);
  keepOneOf(search, 'order', raw['order'], ['asc', 'desc']);
  return withoutDefaults(search);
}

/** The order a column is first sorted in: names from A, times from the newest. */
export function usualOrder(sort: Sort): Order {
  return sort === 'created' || sort === 'changed' ? 'desc' : 'asc';
}

/** What the list route takes. The environment is asked for only where its state matters. */
export function toFilter(search: FlagSearch, environment: string | null) {
  const { q, tag, owner, type, state, lifecycle, sort = 'key' } = search;
  return {
    ...(q === undefined ? {} : { q }),
    ...(tag === undefined ? {} : { tag }),
    ...(owner === undefined ? {} : { owner }),
    ...(type === undefined ? {} : { type }),
    ...(state === undefined || environment === null ? {} : { state, environment }),
    lifecycle: lifecycle ?? ('active' as const),
    sort,
    order: search.order ?? usualOrder(sort),
  };
}

/** Changes members; undefined takes one away. */
export function changeSearch(
  search: FlagSearch,
  change: { readonly [Member in FlagSearchMember]?: FlagSearch[Member] | undefined },
): FlagSearch {
  return parseFlagSearch({ ...search, ...change });
}

/** What takes flags out of the list, in the order it is shown. */
export function narrowedBy(search: FlagSearch): readonly Narrowing[] {
  return NARROWING.filter((member) => search[member] !== undefined);
}

/** Everything that narrows, taken away; order and environment stay. */
export function widened(search: FlagSearch): FlagSearch {
  return changeSearch(search, Object.fromEntries(NARROWING.map((member) => [member, undefined])));
}

/** The text a saved filter keeps: members in one order, so that equal views have equal texts. */
export function toQuery(search: FlagSearch): string {
  const entries = Object.entries(search).filter(([, value]) => value !== undefined);
  return new URLSearchParams(entries.sort(([one], [other]) => (one < other ? -1 : 1))).toString();
}

export function fromQuery(query: string): FlagSearch {
  return parseFlagSearch(Object.fromEntries(new URLSearchParams(query)));
}

function withoutDefaults(search: Record<string, string>): FlagSearch {
  const { sort = 'key', order, ...rest } = search;
  const isUsual = order === undefined || order === usualOrder(sort as Sort);
  return { ...rest, ...(sort === 'key' ? {} : { sort }), ...(isUsual ? {} : { order }) } as FlagSearch;
}

/** The router reads `q=12` as a number. */
function textOf(value: unknown): string {
  if (typeof value === 'string') return value.slice(0, 256);
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : '';
}

function keepOneOf(into: Record<string, string>, member: string, value: unknown, of: readonly string[]): void {
  if (typeof value === 'string' && of.includes(value)) into[member] = value;
}
