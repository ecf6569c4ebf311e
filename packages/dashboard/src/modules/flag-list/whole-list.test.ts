import { expect, it } from 'vitest';
import { WHOLE_LIST } from '../../api/queries/whole-list.ts';
import { parseFlagSearch, toFilter } from './flag-search.ts';

it('asks, of a list that nobody has narrowed, for what was asked for ahead', () => {
  expect(toFilter(parseFlagSearch({}), 'production')).toEqual(WHOLE_LIST);
  expect(toFilter(parseFlagSearch({ env: 'staging' }), 'staging')).toEqual(WHOLE_LIST);
});
