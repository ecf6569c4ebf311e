/** The operators of the reference evaluator: one function for each way in which a dialect reads values. */
import type { AttributeCondition } from '../src/model.ts';
import { JAVASCRIPT_REGEX } from './javascript-regex.ts';
import {
  compareVersions,
  liesInRange,
  type ReferenceVersion,
  readDateTime,
  readLooseVersion,
  readVersion,
} from './reference-forms.ts';

const LIST_ELEMENTS = 10_000;
const MATCHED_LENGTH = 4_096;

type Operand = AttributeCondition['values'][number];

/** What the condition comes to before `negate`. `value` undefined: the attribute is missing. */
export function compareAttribute(condition: AttributeCondition, value: unknown): boolean {
  if (condition.operator === 'exists') return value !== undefined && value !== null;
  if (Array.isArray(value)) {
    return value.slice(0, LIST_ELEMENTS).some((element) => compareScalar(condition, element));
  }
  if (condition.dialect === 'flagd' && (value === undefined || value === null)) return compareMissing(condition);
  return compareScalar(condition, value);
}

/** The dialect `flagd` reads what is missing as the number 0, but not as the text that says so. */
function compareMissing(condition: AttributeCondition): boolean {
  return condition.values.some((operand) => typeof operand !== 'string' && compareLoosely(condition, 0, operand));
}

function compareScalar(condition: AttributeCondition, value: unknown): boolean {
  if (typeof value !== 'string' && typeof value !== 'number' && typeof value !== 'boolean') return false;
  return condition.values.some((operand) => compare(condition, value, operand));
}

function compare(condition: AttributeCondition, value: Operand, operand: Operand): boolean {
  const { operator, dialect } = condition;
  if (operator === 'before' || operator === 'after') return compareTimes(operator, value, operand);
  if (dialect === 'unleash') return compareText(condition, String(value), operand);
  if (dialect === 'flagd') return compareLoosely(condition, value, operand);
  return compareTyped(condition, value, operand);
}

/** The dialect `unleash`. */
function compareText(condition: AttributeCondition, text: string, operand: Operand): boolean {
  if (typeof operand === 'boolean') return false;
  if (typeof operand === 'string') return compareTyped(condition, text, operand);
  return compareTyped(condition, Number(text), operand);
}

/** The dialect `flagd`. */
function compareLoosely(condition: AttributeCondition, value: Operand, operand: Operand): boolean {
  const { operator } = condition;
  if (operator.startsWith('semver')) {
    if (typeof value === 'boolean') return false;
    return compareSemver(operator, readLooseVersion(String(value)), readLooseVersion(String(operand)));
  }
  const numeric = operator === 'in' || typeof operand === 'number';
  if (numeric && !(typeof value === 'string' && typeof operand === 'string')) {
    return compareNumbers(operator, Number(value), Number(operand));
  }
  return compareTyped(condition, value, operand);
}

/** The standard dialect: false whenever the types are not those of the operator. */
function compareTyped(condition: AttributeCondition, value: Operand, operand: Operand): boolean {
  const { operator, ignoreCase = false } = condition;
  if (typeof value === 'number' && typeof operand === 'number') return compareNumbers(operator, value, operand);
  if (typeof value === 'boolean' || typeof operand === 'boolean') return operator === 'in' && value === operand;
  if (typeof value !== 'string' || typeof operand !== 'string') return false;
  if (operator === 'matches') {
    return value.length <= MATCHED_LENGTH && JAVASCRIPT_REGEX.compile(operand, ignoreCase)(value);
  }
  if (operator.startsWith('semver')) return compareSemver(operator, readVersion(value), readVersion(operand));
  if (operator === 'inIpRange') return liesInRange(value, operand);
  return ignoreCase
    ? compareLetters(operator, value.toLowerCase(), operand.toLowerCase())
    : compareLetters(operator, value, operand);
}

function compareNumbers(operator: AttributeCondition['operator'], value: number, operand: number): boolean {
  return (
    (operator === 'in' && value === operand) ||
    (operator === 'lessThan' && value < operand) ||
    (operator === 'lessOrEqual' && value <= operand) ||
    (operator === 'greaterThan' && value > operand) ||
    (operator === 'greaterOrEqual' && value >= operand)
  );
}

function compareLetters(operator: AttributeCondition['operator'], value: string, operand: string): boolean {
  return (
    (operator === 'in' && value === operand) ||
    (operator === 'contains' && value.includes(operand)) ||
    (operator === 'startsWith' && value.startsWith(operand)) ||
    (operator === 'endsWith' && value.endsWith(operand))
  );
}

function compareTimes(operator: 'before' | 'after', value: Operand, operand: Operand): boolean {
  const [instant, limit] = [value, operand].map((time) => (typeof time === 'string' ? readDateTime(time) : time));
  if (typeof instant !== 'number' || typeof limit !== 'number' || !Number.isFinite(instant)) return false;
  return operator === 'before' ? instant < limit : instant > limit;
}

function compareSemver(
  operator: AttributeCondition['operator'],
  value: ReferenceVersion | null,
  operand: ReferenceVersion | null,
): boolean {
  if (value === null || operand === null) return false;
  const order = compareVersions(value, operand);
  const sameMajor = value.numbers[0] === operand.numbers[0];
  return (
    (operator === 'semverEqual' && order === 0) ||
    (operator === 'semverLessThan' && order < 0) ||
    (operator === 'semverLessOrEqual' && order <= 0) ||
    (operator === 'semverGreaterThan' && order > 0) ||
    (operator === 'semverGreaterOrEqual' && order >= 0) ||
    (operator === 'semverSameMajor' && sameMajor) ||
    (operator === 'semverSameMinor' && sameMajor && value.numbers[1] === operand.numbers[1])
  );
}
