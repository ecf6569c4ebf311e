/** The first project as it is filled in: its key follows its name until somebody writes a key. */
import { fieldErrors } from '../../ui/form-state.ts';
import { deriveKey, keyProblem } from '../../api/key-text.ts';

export interface FirstProjectDraft {
  readonly name: string;
  /** Null: follows from the name. */
  readonly ownKey: string | null;
  readonly environments: readonly string[];
}

export const NEW_PROJECT: FirstProjectDraft = { name: '', ownKey: null, environments: ['production', 'staging'] };

/** Environments that many teams have; any other may be written. */
export const USUAL_ENVIRONMENTS = ['production', 'staging', 'development', 'test'] as const;

export const MOST_ENVIRONMENTS = 20;

export function keyOf({ name, ownKey }: FirstProjectDraft): string {
  return ownKey ?? deriveKey(name);
}

export type DraftErrors = { readonly [field in 'name' | 'ownKey' | 'environments']?: string };

/** What is wrong before it is sent, by field. */
export function checkDraft(draft: FirstProjectDraft): DraftErrors {
  const key = keyProblem(keyOf(draft));
  const name = draft.name.trim() === '' ? 'Give the project a name, such as the product it belongs to.' : null;
  const environments = environmentsProblem(draft.environments);
  // A missing name has been said already.
  return fieldErrors({ name, ownKey: name !== null && draft.ownKey === null ? null : key, environments });
}

function environmentsProblem(environments: readonly string[]): string | null {
  if (environments.length === 0) return 'Keep at least one environment: flags live in environments.';
  if (environments.length > MOST_ENVIRONMENTS)
    return `Begin with ${MOST_ENVIRONMENTS} environments at most; more can be added later.`;
  const wrong = environments.find((key) => keyProblem(key) !== null);
  if (wrong === undefined) return null;
  return `“${wrong}” cannot be a key. ${keyProblem(wrong) ?? ''}`.trim();
}
