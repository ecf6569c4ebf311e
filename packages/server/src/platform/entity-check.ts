/** The evaluator's own check, told in the terms of a request body. */
import type { Checked, Problem } from '@flaghoist/evaluator';
import { Refusal } from './refusal.ts';

/** The value, or a refusal whose paths begin with `at` (`$` for the body itself). */
export function checkedOr<T>(checked: Checked<T>, at: string, what: string): T {
  if (checked.ok) return checked.value;
  const errors = checked.problems.map((problem: Problem) => ({ ...problem, path: problem.path.replace('$', at) }));
  throw new Refusal('invalid_request', `${what} is not valid: ${errors[0]?.message ?? ''}`, { errors });
}
