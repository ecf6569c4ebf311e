/** What the server says is wrong with a new flag, on the fields that hold it. */
import { ApiProblem } from '../../api/problem.ts';
import type { FlagProblems, NewFlag } from './new-flag.ts';

const PLAIN = ['name', 'key', 'owner', 'description', 'tags'] as const;

/** `rest`: something is about no field of the form, and has to be said above it. */
export function serverProblems(
  error: unknown,
  flag: NewFlag,
): { readonly fields: FlagProblems; readonly rest: boolean } {
  if (!(error instanceof ApiProblem)) return { fields: {}, rest: true };
  if (error.code === 'already_exists' || error.code === 'key_retired')
    return { fields: { key: error.detail }, rest: false };
  const fields: Record<string, string> = {};
  let rest = error.errors.length === 0;
  for (const { path, message } of error.errors) {
    const field = fieldOf(path, flag);
    if (field === null) rest = true;
    else fields[field] ??= message;
  }
  return { fields, rest };
}

function fieldOf(path: string, flag: NewFlag): string | null {
  const plain = PLAIN.find((member) => path === `$.${member}` || path.startsWith(`$.${member}[`));
  if (plain !== undefined) return plain;
  const variant = flag.variants.find(
    ({ name }) =>
      path === `$.variants.${name}` ||
      path === `$.variants[${JSON.stringify(name)}]` ||
      path.startsWith(`$.variants.${name}.`),
  );
  if (variant !== undefined) return `variant ${variant.id} value`;
  return null;
}
