import { describe, expect, test } from 'vitest';
import type { Grant } from '../../api/openapi.d.ts';
import {
  checkRows,
  type GrantRow,
  grantsOf,
  idleRows,
  isSameGrants,
  NEW_ROWS,
  rowsOf,
  stepRows,
} from './grants-draft.ts';

const everywhere: Grant = { role: 'admin', project: null, environment: null };
const shop: Grant = { role: 'editor', project: 'shop', environment: null };
const production: Grant = { role: 'viewer', project: 'shop', environment: 'production' };
const rows = rowsOf([everywhere, shop, production]);

describe('roles being given', () => {
  test('come back as they were when nothing is edited', () => {
    expect(grantsOf(rows)).toEqual([everywhere, shop, production]);
  });

  test('a new row has an id of its own and the role of the row above, and gives nothing yet', () => {
    const next = stepRows(stepRows(rows, { do: 'remove', id: 1 }), { do: 'add' });
    expect(next.map(({ id }) => id)).toEqual([0, 2, 3]);
    expect(next.at(-1)).toMatchObject({ role: 'viewer', place: { in: 'nothing' } });
    expect(grantsOf(next)).toEqual([everywhere, production]);
  });

  test('the first row of an empty list is a viewer’s', () => {
    expect(stepRows([], { do: 'add' })).toEqual(NEW_ROWS);
  });

  test('change their role and place', () => {
    const next = stepRows(stepRows(rows, { do: 'set role', id: 2, role: 'editor' }), {
      do: 'set place',
      id: 2,
      place: { in: 'project', project: 'till', environment: null },
    });
    expect(grantsOf(next)[2]).toEqual({ role: 'editor', project: 'till', environment: null });
  });
});

describe('what is wrong with roles', () => {
  test('a row without a place', () => {
    expect(checkRows(NEW_ROWS).get(0)).toContain('Choose where');
  });

  test('a second row for one place, whatever its role; the first one is right', () => {
    const twice = rowsOf([shop, { ...shop, role: 'viewer' }, production]);
    expect([...checkRows(twice).keys()]).toEqual([1]);
  });

  test('nothing when each place stands there once', () => {
    expect(checkRows(rows).size).toBe(0);
  });
});

describe('rows that change nothing', () => {
  test('are those below an admin’s', () => {
    expect([...idleRows(rows).keys()]).toEqual([1, 2]);
    expect([...idleRows(rowsOf([{ ...shop, role: 'admin' }, production])).keys()]).toEqual([1]);
  });

  test('are not those below an editor’s: the narrower one counts', () => {
    expect(idleRows(rowsOf([shop, production])).size).toBe(0);
  });

  test('are not those of another project', () => {
    const rowsOfTwo: readonly GrantRow[] = rowsOf([
      { ...shop, role: 'admin' },
      { ...production, project: 'till' },
    ]);
    expect(idleRows(rowsOfTwo).size).toBe(0);
  });
});

test('two lists give the same in whatever order', () => {
  expect(isSameGrants([shop, production], [production, shop])).toBe(true);
  expect(isSameGrants([shop], [shop, production])).toBe(false);
  expect(isSameGrants([shop], [{ ...shop, role: 'viewer' }])).toBe(false);
});
