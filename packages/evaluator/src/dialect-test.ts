/** What the operators say about one value, in the dialect of the condition. `spec/evaluation/README.md` has the tables. */
import { flagdNumber, flagdVersion, looselyEqual, unleashNumber, unleashText } from './dialect.ts';
import type { AttributeCondition, Dialect, RegexEngine } from './model.ts';
import { createTestBy, prepareStandardTest, runTest, type Test } from './operator.ts';

/** The test of a condition that passed its check. */
export function prepareTest(condition: AttributeCondition, regex: RegexEngine | null): Test {
  const { dialect } = condition;
  return dialect === undefined ? prepareStandardTest(condition, regex) : PREPARE[dialect](condition, regex);
}

type Prepare = (condition: AttributeCondition, regex: RegexEngine | null) => Test;

const PREPARE: { readonly [dialect in Dialect]: Prepare } = { unleash: prepareUnleash, flagd: prepareFlagd };

/** Values are read as text; a number to compare with says that the text is read as a number. */
function prepareUnleash(condition: AttributeCondition, regex: RegexEngine | null): Test {
  const { operator, values } = condition;
  const test = prepareStandardTest(condition, regex);
  switch (operator) {
    case 'exists':
    case 'before':
    case 'after':
      return test;
    case 'lessThan':
    case 'lessOrEqual':
    case 'greaterThan':
    case 'greaterOrEqual':
      return createTestBy((value) => runTest(test, unleashNumber(value)));
    case 'in': {
      const numbers = new Set(values.filter((value) => typeof value === 'number'));
      return createTestBy((value) => runTest(test, unleashText(value)) || numbers.has(unleashNumber(value)));
    }
    default:
      return createTestBy((value) => runTest(test, unleashText(value)));
  }
}

function prepareFlagd(condition: AttributeCondition, regex: RegexEngine | null): Test {
  const { operator, values } = condition;
  switch (operator) {
    case 'in':
      return createTestBy((value) => values.some((operand) => looselyEqual(value, operand)));
    case 'lessThan':
    case 'lessOrEqual':
    case 'greaterThan':
    case 'greaterOrEqual': {
      const test = prepareStandardTest(condition, regex);
      return createTestBy((value) => runTest(test, flagdNumber(value)));
    }
    case 'semverEqual':
    case 'semverLessThan':
    case 'semverLessOrEqual':
    case 'semverGreaterThan':
    case 'semverGreaterOrEqual':
    case 'semverSameMajor':
    case 'semverSameMinor': {
      const versions = values.map((value) => flagdVersion(value) ?? '');
      const test = prepareStandardTest({ ...condition, values: versions }, regex);
      return createTestBy((value) => runTest(test, flagdVersion(value)));
    }
    default:
      return prepareStandardTest(condition, regex);
  }
}
