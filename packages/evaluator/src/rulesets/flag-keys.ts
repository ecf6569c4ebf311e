/** The sorted keys of a ruleset's flags, worked out when first asked for. */
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

/** The list of the version that `changes` (undefined deletes) make of `table`: the same, while no key comes or goes. */
export function nextKeyList(list: KeyList, table: Table<unknown>, changes: ReadonlyMap<string, unknown>): KeyList {
  for (const [key, value] of changes) {
    if ((value === undefined) === (lookup(table, key) !== undefined)) return createKeyList();
  }
  return list;
}
