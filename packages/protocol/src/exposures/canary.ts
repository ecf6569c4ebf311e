/** What a canary edge says of the candidate of an environment, in its aggregate. docs/decisions/0036 says why. */
import { isDuration, isProblem, isWhole } from './receipt.ts';

export interface CanarySaid {
  /** The candidate that it answers from; null: from a revision. */
  readonly number: number | null;
  /** Since it has; null: it does not. */
  readonly appliedMs: number | null;
  /** Evaluations of it, at this edge's doors and by instances behind it, that ended in an error of the evaluator's own. */
  readonly errors: number;
  /** Live instances behind it that answer from it. */
  readonly instances: number;
  /** The newest candidate that it, or an instance behind it, does not apply, and why; null: none. */
  readonly refused: { readonly number: number; readonly problem: string } | null;
}

export function isCanarySaid(value: unknown): value is CanarySaid {
  if (typeof value !== 'object' || value === null) return false;
  const { number, appliedMs, errors, instances, refused } = value as Readonly<Record<string, unknown>>;
  if (number !== null && !isWhole(number)) return false;
  if (appliedMs !== null && !isDuration(appliedMs)) return false;
  if (!isWhole(errors) || !isWhole(instances)) return false;
  if (refused === null) return true;
  if (typeof refused !== 'object') return false;
  const said = refused as Readonly<Record<string, unknown>>;
  return isWhole(said['number']) && isProblem(said['problem']);
}
