/** The form of a new environment. */
import { keyProblem, type NamedKey } from '../../api/key-text.ts';

export const NEW_ENVIRONMENT: NamedKey = { name: '', key: '', keyIsOwn: false };

export function environmentProblems(
  { name, key }: NamedKey,
  taken: readonly string[],
): { readonly [field in keyof NamedKey]?: string } {
  const wrongKey = taken.includes(key)
    ? `There is an environment ${key} already, perhaps an archived one. Choose another key.`
    : keyProblem(key);
  return { ...(name.trim() === '' ? { name: 'Write a name.' } : {}), ...(wrongKey === null ? {} : { key: wrongKey }) };
}

export interface Sorted {
  readonly by: 'order' | 'name' | 'revision';
  readonly descending: boolean;
}

/** By the order of the project as it comes, by name, or by how often it was changed. */
export function sortEnvironments<Item extends { readonly name: string; readonly revision: number }>(
  items: readonly Item[],
  { by, descending }: Sorted,
): readonly Item[] {
  const sorted =
    by === 'order'
      ? [...items]
      : [...items].sort((one, other) =>
          by === 'name' ? one.name.localeCompare(other.name, 'en', { numeric: true }) : one.revision - other.revision,
        );
  return descending ? sorted.reverse() : sorted;
}

/** What is wrong with a text of how long changes are tried; empty: they are not. Null: nothing. */
export function holdProblem(text: string): string | null {
  const hold = holdOf(text);
  return hold === null || (Number.isInteger(hold) && hold >= 5 && hold <= 86_400)
    ? null
    : 'Write a whole number from 5 to 86400.';
}

export function holdOf(text: string): number | null {
  return text.trim() === '' ? null : Number(text);
}
