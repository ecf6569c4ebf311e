/**
 * A persistent map: changing it yields a new table that shares what did not change, and the old one stays as it was.
 *
 * Keys lead to slots, slots to values in pages of 128. All versions share the map of slots, which only ever grows: a
 * slot that a version knows nothing about is empty in it. So a lookup costs one `Map.get` in every version, and a change
 * copies one page and the list of pages (some 200 pointers for 10,000 entries) instead of the whole map.
 */

const PAGE_BITS = 7;
const PAGE_SIZE = 1 << PAGE_BITS;
const PAGE_MASK = PAGE_SIZE - 1;

type Page<V> = readonly (V | undefined)[];

export interface Table<V> {
  readonly slots: Map<string, number>;
  readonly pages: readonly Page<V>[];
  /** Entries that have a value. */
  readonly size: number;
}

export function createTable<V>(): Table<V> {
  return Object.freeze({ slots: new Map<string, number>(), pages: [], size: 0 });
}

export function lookup<V>(table: Table<V>, key: string): V | undefined {
  const slot = table.slots.get(key);
  return slot === undefined ? undefined : table.pages[slot >> PAGE_BITS]?.[slot & PAGE_MASK];
}

export function keysOf<V>(table: Table<V>): string[] {
  const keys: string[] = [];
  for (const key of table.slots.keys()) if (lookup(table, key) !== undefined) keys.push(key);
  return keys;
}

/** The table with `changes` made; undefined deletes. */
export function changeTable<V>(table: Table<V>, changes: ReadonlyMap<string, V | undefined>): Table<V> {
  if (changes.size === 0) return table;
  // Slots of deleted keys, and of other branches, are kept until they outnumber the entries.
  const wasted = table.slots.size > 2 * table.size + 1_024;
  return wasted || changes.size * 4 >= table.size ? rebuild(table, changes) : change(table, changes);
}

function change<V>(table: Table<V>, changes: ReadonlyMap<string, V | undefined>): Table<V> {
  const { slots } = table;
  const pages = table.pages.slice();
  const own = new Map<number, (V | undefined)[]>();
  let { size } = table;
  for (const [key, value] of changes) {
    let slot = slots.get(key);
    if (slot === undefined) {
      if (value === undefined) continue;
      slot = slots.size;
      slots.set(key, slot);
    }
    const number = slot >> PAGE_BITS;
    let page = own.get(number);
    if (page === undefined) {
      while (pages.length <= number) pages.push(emptyPage());
      page = (pages[number] ?? []).slice();
      own.set(number, page);
      pages[number] = page;
    }
    size += Number(value !== undefined) - Number(page[slot & PAGE_MASK] !== undefined);
    page[slot & PAGE_MASK] = value;
  }
  return Object.freeze({ slots, pages, size });
}

function rebuild<V>(table: Table<V>, changes: ReadonlyMap<string, V | undefined>): Table<V> {
  const entries = table.size === 0 ? changes : entriesAfter(table, changes);
  const slots = new Map<string, number>();
  const pages: (V | undefined)[][] = [];
  for (const [key, value] of entries) {
    if (value === undefined) continue;
    const slot = slots.size;
    slots.set(key, slot);
    if ((slot & PAGE_MASK) === 0) pages.push(emptyPage());
    (pages[slot >> PAGE_BITS] ?? [])[slot & PAGE_MASK] = value;
  }
  return Object.freeze({ slots, pages, size: slots.size });
}

function entriesAfter<V>(table: Table<V>, changes: ReadonlyMap<string, V | undefined>) {
  const entries = new Map<string, V | undefined>();
  for (const key of table.slots.keys()) entries.set(key, lookup(table, key));
  for (const [key, value] of changes) entries.set(key, value);
  return entries;
}

function emptyPage<V>(): (V | undefined)[] {
  return Array.from({ length: PAGE_SIZE }, () => undefined);
}
