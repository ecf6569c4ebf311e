import { expect, test } from 'vitest';
import { changeSearch, fromQuery, narrowedBy, parseFlagSearch, toFilter, toQuery, widened } from './flag-search.ts';

test('an address is read, and what is not understood is left out', () => {
  expect(parseFlagSearch({ q: 12, tag: 'ui', type: 'boolean', state: 'maybe', sort: 'colour', other: 'x' })).toEqual({
    q: '12',
    tag: 'ui',
    type: 'boolean',
  });
  expect(parseFlagSearch({ q: true, owner: null, lifecycle: 'active' })).toEqual({ q: 'true' });
});

test('what is usual does not stand in the address', () => {
  expect(parseFlagSearch({ sort: 'key', order: 'asc' })).toEqual({});
  expect(parseFlagSearch({ sort: 'changed', order: 'desc' })).toEqual({ sort: 'changed' });
  expect(parseFlagSearch({ sort: 'changed', order: 'asc' })).toEqual({ sort: 'changed', order: 'asc' });
  expect(parseFlagSearch({ order: 'desc' })).toEqual({ order: 'desc' });
});

test('the route is asked for active flags by key unless something else is wanted', () => {
  expect(toFilter({}, 'production')).toEqual({ lifecycle: 'active', sort: 'key', order: 'asc' });
  expect(toFilter({ q: 'a', state: 'on', sort: 'created' }, 'production')).toEqual({
    q: 'a',
    state: 'on',
    environment: 'production',
    lifecycle: 'active',
    sort: 'created',
    order: 'desc',
  });
});

test('without an environment nothing is chosen by state', () => {
  expect(toFilter({ state: 'on' }, null)).not.toHaveProperty('state');
});

test('a saved filter leads back to the same view, whatever order its members were set in', () => {
  const search = changeSearch(changeSearch({ tag: 'a&b=c' }, { q: 'x y' }), { sort: 'name', order: 'desc' });
  expect(fromQuery(toQuery(search))).toEqual(search);
  expect(toQuery({ tag: 'ui', q: 'x' })).toBe(toQuery({ q: 'x', tag: 'ui' }));
});

test('taking away what narrows keeps the order and the environment', () => {
  const search = { q: 'x', state: 'on', env: 'staging', sort: 'name', lifecycle: 'archived' } as const;
  expect(narrowedBy(search)).toEqual(['q', 'state', 'lifecycle']);
  expect(widened(search)).toEqual({ env: 'staging', sort: 'name' });
});
