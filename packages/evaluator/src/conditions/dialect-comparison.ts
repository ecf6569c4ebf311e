/** What the operators say about one value, in the dialect of the condition. `spec/evaluation/README.md` has the tables. */
import { flagdNumber, flagdVersion, unleashNumber, unleashText } from './dialect.ts';
import type { AttributeCondition, RegexEngine } from '../model.ts';
import { compares, type Comparison, createComparisonBy } from './comparison.ts';
import { prepareStandard } from './operator.ts';

/** How a condition compares. Throws for an operator or dialect that there is not: its check has refused those. */
export function prepareComparison(condition: AttributeCondition, regex: RegexEngine | null): Comparison {
  const { dialect } = condition;
  // What has no engine throws in every dialect, before any of them reads a value.
  if (dialect === undefined || (condition.operator === 'matches' && regex === null))
    return prepareStandard(condition, regex);
  if (dialect === 'unleash') return prepareUnleash(condition, regex);
  if (dialect === 'flagd') return prepareFlagd(condition, regex);
  throw new TypeError(dialect satisfies never);
}

/** Values are read as text; a number to compare with says that the text is read as a number. */
function prepareUnleash(condition: AttributeCondition, regex: RegexEngine | null): Comparison {
  const { operator, values } = condition;
  const standard = prepareStandard(condition, regex);
  switch (operator) {
    case 'exists':
    case 'before':
    case 'after':
      return standard;
    case 'lessThan':
    case 'lessOrEqual':
    case 'greaterThan':
    case 'greaterOrEqual':
      return createComparisonBy((value) => compares(standard, unleashNumber(value)));
    case 'in': {
      const numbers = new Set(values.filter((value) => typeof value === 'number'));
      return createComparisonBy((value) => compares(standard, unleashText(value)) || numbers.has(unleashNumber(value)));
    }
    default:
      return createComparisonBy((value) => compares(standard, unleashText(value)));
  }
}

function prepareFlagd(condition: AttributeCondition, regex: RegexEngine | null): Comparison {
  const { operator, values } = condition;
  switch (operator) {
    case 'in':
      return prepareLooseEquality(condition);
    case 'lessThan':
    case 'lessOrEqual':
    case 'greaterThan':
    case 'greaterOrEqual': {
      const standard = prepareStandard(condition, regex);
      return createComparisonBy((value) => compares(standard, flagdNumber(value)));
    }
    case 'semverEqual':
    case 'semverLessThan':
    case 'semverLessOrEqual':
    case 'semverGreaterThan':
    case 'semverGreaterOrEqual':
    case 'semverSameMajor':
    case 'semverSameMinor': {
      const versions = values.map((value) => flagdVersion(value) ?? '');
      const standard = prepareStandard({ ...condition, values: versions }, regex);
      return createComparisonBy((value) => compares(standard, flagdVersion(value)));
    }
    default:
      return prepareStandard(condition, regex);
  }
}

/**
 * JsonLogic's `==` with any of the operands, by three lookups instead of one comparison for each: two texts must be the
 * same; other pairs are the same as numbers, true being 1 and a missing attribute 0, which no text equals.
 */
function prepareLooseEquality({ values, ignoreCase = false }: AttributeCondition): Comparison {
  const fold = (text: string): string => (ignoreCase ? text.toLowerCase() : text);
  const texts = new Set<string>();
  const textNumbers = new Set<number>();
  const numbers = new Set<number>();
  for (const operand of values) {
    if (typeof operand === 'string') texts.add(fold(operand));
    (typeof operand === 'string' ? textNumbers : numbers).add(Number(operand));
  }
  // What is no number equals none, itself included.
  for (const set of [textNumbers, numbers]) set.delete(Number.NaN);
  return createComparisonBy((value) => {
    const number = flagdNumber(value);
    if (numbers.has(number)) return true;
    if (typeof value === 'string') return texts.has(fold(value));
    return value !== undefined && value !== null && textNumbers.has(number);
  });
}
