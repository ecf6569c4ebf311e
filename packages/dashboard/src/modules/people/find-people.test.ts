import { expect, test } from 'vitest';
import { KEYS_AS_NAMES } from '../../api/grant-words.ts';
import type { Person } from '../../api/openapi.d.ts';
import { findPeople, sortPeople, stateOf } from './find-people.ts';

const person = (name: string, more: Partial<Person> = {}): Person => ({
  id: name,
  name,
  email: `${name.toLowerCase()}@example.com`,
  grants: [],
  totp: false,
  disabledAt: null,
  createdAt: '2026-01-01T00:00:00Z',
  lastSeenAt: '2026-02-01T00:00:00Z',
  ...more,
});

const people = [
  person('Zoë', { email: 'zoe@example.com', grants: [{ role: 'editor', project: 'shop', environment: null }] }),
  person('ada', {
    grants: [{ role: 'viewer', project: 'shop', environment: null }],
    disabledAt: '2026-03-01T00:00:00Z',
  }),
  person('Bo', { grants: [{ role: 'editor', project: 'till', environment: null }], lastSeenAt: null }),
];
const found = (query: string) => findPeople(people, query, KEYS_AS_NAMES).map(({ name }) => name);

test('people are found by parts of their name or address, whatever the accents', () => {
  expect(found('zoe')).toEqual(['Zoë']);
  expect(found('EXAMPLE.com')).toHaveLength(3);
});

test('people are found by role and place, and each word has to fit', () => {
  expect(found('editor')).toEqual(['Zoë', 'Bo']);
  expect(found('editor shop')).toEqual(['Zoë']);
  expect(found('editor bakery')).toEqual([]);
});

test('people are found by their state', () => {
  expect(found('disabled')).toEqual(['ada']);
  expect(found('never')).toEqual(['Bo']);
  expect(stateOf(person('Cy'))).toBe('active');
});

test('people are sorted as names are, not as bytes', () => {
  expect(sortPeople(people).map(({ name }) => name)).toEqual(['ada', 'Bo', 'Zoë']);
});
