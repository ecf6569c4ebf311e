/** The sorted keys of a ruleset's flags, worked out when first asked for and handed on from version to version. */
import { keysOf, lookup, type Table } from './table.ts';

export interface KeyList {
  /** Null: not worked out yet. Shared by versions that hold the same keys. */
  sorted: readonly string[] | null;
}

export function createKeyList(): KeyList {
  return { sorted: null };
}

export function sortedKeys(list: KeyList, table: Table<unknown>): readonly string[] {
  list.sorted ??= Object.freeze(keysOf(table).sort());
  return list.sorted;
}

/** The list of the version that `changes` (undefined deletes) make of `table`. */
export function nextKeyList(list: KeyList, table: Table<unknown>, changes: ReadonlyMap<string, unknown>): KeyList {
  if (table.size === 0) return createKeyList();
  const added: string[] = [];
  const removed = new Set<string>();
  for (const [key, value] of changes) {
    const had = lookup(table, key) !== undefined;
    if (value === undefined && had) removed.add(key);
    else if (value !== undefined && !had) added.push(key);
  }
  if (added.length === 0 && removed.size === 0) return list;
  return { sorted: list.sorted === null ? null : merge(list.sorted, added.sort(), removed) };
}

/** `sorted` without `removed`, `added` sorted in. */
function merge(sorted: readonly string[], added: readonly string[], removed: ReadonlySet<string>): readonly string[] {
  const merged: string[] = [];
  let next = 0;
  for (const key of sorted) {
    for (let first = added[next]; first !== undefined && first < key; first = added[next]) {
      merged.push(first);
      next++;
    }
    if (!removed.has(key)) merged.push(key);
  }
  for (; next < added.length; next++) merged.push(added[next] ?? '');
  return Object.freeze(merged);
}
