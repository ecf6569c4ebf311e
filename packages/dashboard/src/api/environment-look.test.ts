import { expect, test } from 'vitest';
import { environmentHue, inOrder, isProductionLike } from './environment-look.ts';

test('what customers use is recognised by its key', () => {
  for (const key of ['production', 'prod', 'eu-prod', 'live', 'PROD.us']) expect(isProductionLike(key), key).toBe(true);
  for (const key of ['staging', 'pre-production', 'preprod', 'non-prod', 'delivery', 'product'])
    expect(isProductionLike(key), key).toBe(false);
});

test('an environment keeps its colour, and production has one of its own', () => {
  expect(environmentHue('staging')).toBe(environmentHue('staging'));
  expect(environmentHue('production')).toBe(environmentHue('eu-prod'));
  expect(environmentHue('staging')).not.toBe(environmentHue('production'));
});

test('environments stand in the order they were made, production last, archived ones not at all', () => {
  const made = (key: string, day: number, archivedAt: string | null = null) => ({
    key,
    createdAt: `2026-01-0${day}T00:00:00.000Z`,
    archivedAt,
  });
  const all = [made('production', 1), made('staging', 3), made('dev', 2), made('old', 1, '2026-02-01T00:00:00Z')];
  expect(inOrder(all).map(({ key }) => key)).toEqual(['dev', 'staging', 'production']);
});

test('environments made in the same moment keep the order they came in', () => {
  const at = { createdAt: '2026-01-01T00:00:00.000Z', archivedAt: null };
  expect(
    inOrder([
      { key: 'b', ...at },
      { key: 'a', ...at },
    ]).map(({ key }) => key),
  ).toEqual(['b', 'a']);
});
