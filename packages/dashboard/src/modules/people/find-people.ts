/** Finding people in a list. */
import { type GrantNames, grantWords } from '../../api/grant-words.ts';
import type { Person } from '../../api/openapi.d.ts';

/** Those in whose name, address, roles or state each word of the query stands: “editor shop”, “disabled”. */
export function findPeople(people: readonly Person[], query: string, names: GrantNames): readonly Person[] {
  const words = fold(query)
    .split(/\s+/)
    .filter((word) => word !== '');
  if (words.length === 0) return people;
  return people.filter((person) => {
    const text = fold(
      [person.name, person.email, ...person.grants.map((grant) => grantWords(grant, names)), stateOf(person)].join(' '),
    );
    return words.every((word) => text.includes(word));
  });
}

export type PersonState = 'active' | 'disabled' | 'never signed in';

export function stateOf({ disabledAt, lastSeenAt }: Pick<Person, 'disabledAt' | 'lastSeenAt'>): PersonState {
  if (disabledAt !== null) return 'disabled';
  return lastSeenAt === null ? 'never signed in' : 'active';
}

/** By name as people sort names, then by address. */
export function sortPeople(people: readonly Person[]): readonly Person[] {
  const collator = new Intl.Collator('en', { sensitivity: 'base', numeric: true });
  return [...people].sort(
    (one, other) => collator.compare(one.name, other.name) || collator.compare(one.email, other.email),
  );
}

function fold(text: string): string {
  return text
    .normalize('NFKD')
    .replace(/[\u0300-\u036f]/g, '')
    .toLowerCase();
}
