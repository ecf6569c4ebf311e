import { expect, it } from 'vitest';
import { environmentOptions } from './environment-options.ts';

it('says which environments people live in, and the key where the name is another', () => {
  const named = [
    { key: 'staging', name: 'staging' },
    { key: 'production', name: 'production' },
    { key: 'prod-eu', name: 'Europe' },
    { key: 'qa', name: 'Quality' },
  ];
  expect(environmentOptions(named).map(({ value, label, hint }) => [value, label, hint])).toEqual([
    ['staging', 'staging', undefined],
    ['production', 'production', 'live'],
    ['prod-eu', 'Europe', 'prod-eu · live'],
    ['qa', 'Quality', 'qa'],
  ]);
});

it('gives those that people live in one colour that no other has', () => {
  const [one, other, third] = environmentOptions([
    { key: 'production', name: 'a' },
    { key: 'prod-eu', name: 'b' },
    { key: 'staging', name: 'c' },
  ]).map(({ hue }) => hue);
  expect(other).toBe(one);
  expect(third).not.toBe(one);
});
