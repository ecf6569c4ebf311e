/** What a form shows when the server refused what it sent. */
import { ApiProblem, failureOf } from './problem.ts';

export interface FormFailure<Fields extends string> {
  readonly errors: { readonly [field in Fields]?: string };
  /** What is not about one field; null when fields say it all. */
  readonly failure: { readonly title: string; readonly detail: string } | null;
}

/**
 * Puts each problem of a refusal on the field that holds what it is about.
 *
 * @param fields The form's fields, with the JSON path of what each of them sends, such as `{ name: '$.name' }`. A problem deeper
 *   inside (`$.grants[2].project`) is its field's too.
 * @param codes Refusals that are about one field though they name none, such as `password_wrong`.
 */
export function formFailure<Fields extends string>(
  error: unknown,
  fields: { readonly [field in Fields]: string },
  codes: { readonly [code in string]?: NoInfer<Fields> } = {},
): FormFailure<Fields> {
  if (!(error instanceof ApiProblem)) return { errors: {}, failure: failureOf(error) };
  const errors: { [field in Fields]?: string } = {};
  const place = codes[error.code];
  if (place !== undefined) errors[place] = error.detail;
  let isPlaced = place !== undefined;
  let hasStray = false;
  for (const { path, message } of error.errors) {
    const field = (Object.keys(fields) as Fields[]).find((one) => isWithin(path, fields[one]));
    if (field === undefined) hasStray = true;
    else {
      errors[field] ??= message;
      isPlaced = true;
    }
  }
  return { errors, failure: isPlaced && !hasStray ? null : failureOf(error) };
}

function isWithin(path: string, whole: string): boolean {
  return path === whole || path.startsWith(`${whole}.`) || path.startsWith(`${whole}[`);
}
