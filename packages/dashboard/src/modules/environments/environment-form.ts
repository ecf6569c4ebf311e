/** The form of a new environment. */
import { deriveKey, keyProblem } from '../../api/key-text.ts';

export interface EnvironmentForm {
  readonly name: string;
  readonly key: string;
  /** Whether the key was written by hand, and no longer follows the name. */
  readonly keyIsOwn: boolean;
}

export const NEW_ENVIRONMENT: EnvironmentForm = { name: '', key: '', keyIsOwn: false };

export function withName(form: EnvironmentForm, name: string): EnvironmentForm {
  return { ...form, name, key: form.keyIsOwn ? form.key : deriveKey(name) };
}

export function withKey(form: EnvironmentForm, key: string): EnvironmentForm {
  return { ...form, key, keyIsOwn: key !== '' };
}

export function environmentProblems(
  { name, key }: EnvironmentForm,
  taken: readonly string[],
): { readonly [field in keyof EnvironmentForm]?: string } {
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
