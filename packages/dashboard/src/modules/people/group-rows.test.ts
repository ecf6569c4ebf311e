import { expect, test } from 'vitest';
import type { Grant } from '../../api/openapi.d.ts';
import { checkGroupRows, groupGrantsOf, groupRowsOf, stepGroupRows } from './group-rows.ts';

const shop: Grant = { role: 'editor', project: 'shop', environment: null };
const given = [
  { group: 'developers', grant: shop },
  { group: 'support', grant: { ...shop, role: 'viewer' as const } },
];

test('roles by groups come back as they were', () => {
  expect(groupGrantsOf(groupRowsOf(given))).toEqual(given);
  expect(checkGroupRows(groupRowsOf(given)).size).toBe(0);
});

test('a new row gives nothing until it has a group and a place, and says both', () => {
  const rows = stepGroupRows(groupRowsOf(given), { do: 'add' });
  expect(groupGrantsOf(rows)).toEqual(given);
  expect(checkGroupRows(rows).get(2)).toMatchObject({
    group: expect.stringContaining('Write the group'),
    place: expect.stringContaining('Choose where'),
  });
  const named = stepGroupRows(rows, {
    do: 'edit',
    id: 2,
    change: { group: ' admins ', place: { in: 'installation' }, role: 'admin' },
  });
  expect(groupGrantsOf(named).at(-1)).toEqual({
    group: 'admins',
    grant: { role: 'admin', project: null, environment: null },
  });
});

test('one group may give a role in two places, not two in one place', () => {
  const twice = groupRowsOf([
    ...given,
    { group: 'developers', grant: { ...shop, environment: 'production' } },
    { group: 'support', grant: shop },
  ]);
  expect([...checkGroupRows(twice).keys()]).toEqual([3]);
});

test('rows are removed', () => {
  expect(groupGrantsOf(stepGroupRows(groupRowsOf(given), { do: 'remove', id: 0 }))).toEqual([given[1]]);
});
