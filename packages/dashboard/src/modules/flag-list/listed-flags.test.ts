import { expect, test } from 'vitest';
import { flagsOf, isNewer, type Listed, totalOf, withFlag, withoutFlag, withState } from './listed-flags.ts';

const flag = (key: string, revision = 1, enabled = false): Listed => ({
  key,
  version: 1,
  environments: [{ environment: 'production', enabled, revision }],
});
const page = (keys: readonly string[], next: string | null, total = 5) => ({
  items: keys.map((key) => flag(key)),
  next,
  total,
});

test('a flag that moved between two pages while they were read stands once', () => {
  const pages = [page(['a', 'b'], 'n'), page(['b', 'c'], null)];
  expect(flagsOf(pages).map(({ key }) => key)).toEqual(['a', 'b', 'c']);
  expect(totalOf(pages, 3)).toBe(3);
});

test('until the last page is there the total is what the server counted', () => {
  expect(totalOf([page(['a', 'b'], 'n', 40)], 2)).toBe(40);
  expect(totalOf([page(['a', 'b'], 'n', 1)], 2)).toBe(2);
  expect(totalOf([], 0)).toBe(0);
});

test('a change of one flag leaves every other page as it is', () => {
  const data = { pages: [page(['a'], 'n'), page(['b'], null)], pageParams: [null, 'n'] };
  const changed = withFlag(data, 'b', (one) => ({ ...one, version: 2 }));
  expect(changed.pages[0]).toBe(data.pages[0]);
  expect(changed.pages[1]?.items[0]?.version).toBe(2);
  expect(withFlag(data, 'z', (one) => one)).toBe(data);
});

test('a flag that is taken away is counted no more', () => {
  const data = { pages: [page(['a', 'b'], 'n'), page(['c'], null)], pageParams: [null, 'n'] };
  const less = withoutFlag(data, 'b');
  expect(less.pages.map(({ items, total }) => [items.length, total])).toEqual([
    [1, 4],
    [1, 4],
  ]);
  expect(withoutFlag(data, 'z')).toBe(data);
});

test('news that come late change nothing', () => {
  const known = flag('a', 7, true);
  expect(withState(known, { environment: 'production', enabled: false, revision: 6 })).toBe(known);
  expect(withState(known, { environment: 'production', enabled: false, revision: 8 }).environments[0]).toEqual({
    environment: 'production',
    enabled: false,
    revision: 8,
  });
  expect(withState(known, { environment: 'elsewhere', enabled: false, revision: 9 })).toBe(known);
  expect(isNewer(flag('a', 6), known)).toBe(false);
  expect(isNewer(flag('a', 7), known)).toBe(true);
  expect(isNewer({ ...known, version: 0 }, known)).toBe(false);
});
