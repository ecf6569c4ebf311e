/** The form of a new project. */
import { keyProblem, type NamedKey } from '../../api/key-text.ts';

export interface ProjectForm extends NamedKey {
  readonly environments: readonly string[];
}

export const MOST_ENVIRONMENTS = 50;

export const NEW_PROJECT: ProjectForm = {
  name: '',
  key: '',
  keyIsOwn: false,
  environments: ['development', 'staging', 'production'],
};

export function projectProblems(
  { name, key, environments }: ProjectForm,
  taken: readonly string[],
): { readonly [field in keyof ProjectForm]?: string } {
  const wrongKey = taken.includes(key)
    ? `There is a project ${key} already, perhaps an archived one. Choose another key.`
    : keyProblem(key);
  const wrong = environments.find((one) => keyProblem(one) !== null);
  const wrongEnvironments =
    wrong !== undefined
      ? `${wrong}: ${keyProblem(wrong)}`
      : environments.length > MOST_ENVIRONMENTS
        ? `Begin with at most ${MOST_ENVIRONMENTS}; more can be added later.`
        : null;
  return {
    ...(name.trim() === '' ? { name: 'Write a name.' } : {}),
    ...(wrongKey === null ? {} : { key: wrongKey }),
    ...(wrongEnvironments === null ? {} : { environments: wrongEnvironments }),
  };
}
