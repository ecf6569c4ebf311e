import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { changeTable, createTable, keysOf, lookup, type Table } from './table.ts';

const KEYS = Array.from({ length: 400 }, (_, index) => `key-${index}`);

const change = fc.tuple(fc.constantFrom(...KEYS), fc.option(fc.nat(), { nil: undefined }));
const step = fc.record({
  /** Which version so far is changed: not always the newest, so that versions branch. */
  base: fc.nat(),
  changes: fc.array(change, { maxLength: 12 }).map((pairs) => new Map(pairs)),
});

function contents(table: Table<number>): Map<string, number | undefined> {
  return new Map(KEYS.map((key) => [key, lookup(table, key)]));
}

describe('a table', () => {
  it('is in every version what a copied map would be', () => {
    const start = new Map(KEYS.slice(0, 300).map((key, index) => [key, index]));
    const property = fc.property(fc.array(step, { maxLength: 12 }), (steps) => {
      const versions = [{ table: changeTable(createTable<number>(), start), model: new Map(start) }];
      for (const { base, changes } of steps) {
        const from = versions[base % versions.length] ?? { table: createTable<number>(), model: new Map() };
        const model = new Map(from.model);
        for (const [key, value] of changes) {
          if (value === undefined) model.delete(key);
          else model.set(key, value);
        }
        versions.push({ table: changeTable(from.table, changes), model });
      }
      for (const { table, model } of versions) {
        expect(table.size).toBe(model.size);
        expect(keysOf(table).sort()).toEqual([...model.keys()].sort());
        expect([...contents(table)]).toEqual(KEYS.map((key) => [key, model.get(key)]));
      }
    });
    fc.assert(property, { numRuns: 2_000 });
  });
});
