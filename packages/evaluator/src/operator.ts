import type { AttributeCondition, Operator } from './model.ts';

type Operand = string | number | boolean;

/** An operator with its values, in the form that compares fastest. */
export interface Test {
  readonly operator: Operator;
  /** All values; empty unless the operator is one of the string operators. */
  readonly texts: readonly string[];
  /** The one value of an order operator, else 0. */
  readonly bound: number;
  /** The one value of `in`; undefined when there are several. */
  readonly only: Operand | undefined;
  /** The values of `in` when there are several: the millionth costs no more than the first. */
  readonly among: ReadonlySet<unknown> | null;
}

export function prepareTest({ operator, values }: AttributeCondition): Test {
  const several = operator === 'in' && values.length > 1;
  const isText = operator === 'contains' || operator === 'startsWith' || operator === 'endsWith';
  const [first] = values;
  return {
    operator,
    texts: isText ? values.filter((value) => typeof value === 'string') : [],
    bound: typeof first === 'number' ? first : 0,
    only: several ? undefined : first,
    among: several ? new Set(values) : null,
  };
}

/** Whether an attribute passes: it does itself, or it is a list and any of its elements does. */
export function passes(test: Test, attribute: unknown): boolean {
  if (typeof attribute !== 'object')
    return test.operator === 'exists' ? attribute !== undefined : compare(test, attribute);
  if (attribute === null) return false;
  if (test.operator === 'exists') return true;
  return Array.isArray(attribute) && anyPasses(test, attribute);
}

function anyPasses(test: Test, list: readonly unknown[]): boolean {
  for (const element of list) if (compare(test, element)) return true;
  return false;
}

/** One value against the test's values. Whatever is of another type compares false. */
function compare(test: Test, value: unknown): boolean {
  switch (test.operator) {
    case 'in':
      return test.among === null ? value === test.only : test.among.has(value);
    case 'contains':
      return typeof value === 'string' && anyContained(test.texts, value);
    case 'startsWith':
      return typeof value === 'string' && anyPrefix(test.texts, value);
    case 'endsWith':
      return typeof value === 'string' && anySuffix(test.texts, value);
    case 'lessThan':
      return typeof value === 'number' && value < test.bound;
    case 'lessOrEqual':
      return typeof value === 'number' && value <= test.bound;
    case 'greaterThan':
      return typeof value === 'number' && value > test.bound;
    case 'greaterOrEqual':
      return typeof value === 'number' && value >= test.bound;
    case 'exists':
      break;
  }
  // `passes` has decided `exists`: it asks for the attribute, not for what it equals.
  return false;
}

function anyContained(texts: readonly string[], value: string): boolean {
  for (const text of texts) if (value.includes(text)) return true;
  return false;
}

function anyPrefix(texts: readonly string[], value: string): boolean {
  for (const text of texts) if (value.startsWith(text)) return true;
  return false;
}

function anySuffix(texts: readonly string[], value: string): boolean {
  for (const text of texts) if (value.endsWith(text)) return true;
  return false;
}
