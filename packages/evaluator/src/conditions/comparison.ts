/**
 * How a condition compares one value, which is no list. `compare` answers false for whatever is of another type than the
 * operator and the dialect compare; a regular expression without an engine throws.
 *
 * Two members instead of a closure: functions are shared by all conditions, and closures are not.
 */
export interface Comparison {
  readonly compare: (operand: unknown, value: unknown) => boolean;
  readonly operand: unknown;
}

export type Compare<T> = (operand: T, value: unknown) => boolean;

export function createComparison<T>(compare: Compare<T>, operand: T): Comparison {
  return { compare: compare as Compare<unknown>, operand };
}

/** A comparison by whatever function, for the operators that are asked for seldom. */
export function createComparisonBy(test: (value: unknown) => boolean): Comparison {
  return createComparison(call, test);
}

const call: Compare<(value: unknown) => boolean> = (test, value) => test(value);

/** Whether one value passes. */
export function compares({ compare, operand }: Comparison, value: unknown): boolean {
  return compare(operand, value);
}
