import { expect, test } from 'vitest';
import { environmentLetters } from './environment-letters.ts';

const of = (...keys: string[]) => [...environmentLetters(keys).values()];

test('one letter where one is enough', () => {
  expect(of('development', 'staging', 'production')).toEqual(['D', 'S', 'P']);
});

test('more letters where names begin alike', () => {
  expect(of('production', 'preview', 'staging')).toEqual(['Pro', 'Pre', 'S']);
  expect(of('dev', 'development')).toHaveLength(2);
});

test('no two environments look the same, however alike they are named', () => {
  const keys = Array.from({ length: 30 }, (_, at) => `customer-eu-${at}`);
  expect(new Set(of(...keys)).size).toBe(30);
  expect(new Set(of('a', 'A', 'a.a', 'a-a')).size).toBe(4);
});
