/** What an operator says about one value, in the standard dialect. */
import { type Compare, compares, type Comparison, createComparison, createComparisonBy } from './comparison.ts';
import { readInstant } from './date-time.ts';
import { NO_ENGINE } from '../failure.ts';
import { inIpRanges, type IpRanges, prepareIpRanges } from './ip-range.ts';
import { MATCHED_LENGTH } from '../limits.ts';
import type { AttributeCondition, RegexEngine } from '../model.ts';
import { compareToVersion, compareVersions, parseVersion, sameMajor, sameMinor, type Version } from './semver.ts';

/** How a condition that passed its check compares, in the standard dialect, whichever the condition names. */
export function prepareStandard(condition: AttributeCondition, regex: RegexEngine | null): Comparison {
  const { operator, values, ignoreCase = false } = condition;
  switch (operator) {
    case 'in':
    case 'contains':
    case 'startsWith':
    case 'endsWith':
      return ignoreCase ? ignoringCase(condition, regex) : prepareEquality(operator, values);
    case 'matches':
      return createComparison(
        matches,
        regex === null ? null : textsOf(values).map((text) => regex.compile(text, ignoreCase)),
      );
    case 'lessThan':
    case 'lessOrEqual':
    case 'greaterThan':
    case 'greaterOrEqual':
      return createComparison(ORDERS[operator], Number(values[0]));
    case 'before':
    case 'after':
      return createComparison(INSTANTS[operator], readInstant(values[0]));
    case 'inIpRange':
      return createComparison(isInIpRange, prepareIpRanges(textsOf(values)));
    case 'exists':
      return createComparison(exists, null);
    default:
      return prepareVersions(operator, textsOf(values));
  }
}

function textsOf(values: AttributeCondition['values']): readonly string[] {
  return values.filter((value) => typeof value === 'string');
}

function prepareEquality(
  operator: 'in' | 'contains' | 'startsWith' | 'endsWith',
  values: AttributeCondition['values'],
): Comparison {
  const [only] = values;
  if (operator === 'in')
    return values.length === 1 ? createComparison(isSame, only) : createComparison(isAmong, new Set(values));
  if (operator === 'endsWith' && values.length === 1) return createComparison(endsWith, String(only));
  return createComparison(PARTS[operator], textsOf(values));
}

function ignoringCase(condition: AttributeCondition, regex: RegexEngine | null): Comparison {
  const values = condition.values.map((value) => (typeof value === 'string' ? value.toLowerCase() : value));
  const standard = prepareStandard({ ...condition, values, ignoreCase: false }, regex);
  return createComparisonBy((value) => compares(standard, typeof value === 'string' ? value.toLowerCase() : value));
}

type VersionOperator = Extract<AttributeCondition['operator'], `semver${string}`>;

function prepareVersions(operator: VersionOperator, texts: readonly string[]): Comparison {
  if (!Object.hasOwn(VERSIONS, operator)) throw new TypeError(operator);
  const versions = texts.map(parseVersion).filter((version) => version !== null);
  const [version] = versions;
  if (version === undefined || versions.length > 1) return createComparison(isAnyVersion, versions);
  return createComparison(VERSIONS[operator], version);
}

const isSame: Compare<unknown> = (operand, value) => value === operand;
const isAmong: Compare<ReadonlySet<unknown>> = (operand, value) => operand.has(value);
const exists: Compare<null> = (_, value) => value !== undefined && value !== null;
const endsWith: Compare<string> = (operand, value) => typeof value === 'string' && value.endsWith(operand);

const PARTS: { readonly [operator in 'contains' | 'startsWith' | 'endsWith']: Compare<readonly string[]> } = {
  contains: (texts, value) => typeof value === 'string' && texts.some((text) => value.includes(text)),
  startsWith: (texts, value) => typeof value === 'string' && texts.some((text) => value.startsWith(text)),
  endsWith: (texts, value) => typeof value === 'string' && texts.some((text) => value.endsWith(text)),
};

const matches: Compare<readonly ((text: string) => boolean)[] | null> = (patterns, value) => {
  if (patterns === null) throw NO_ENGINE;
  return typeof value === 'string' && value.length <= MATCHED_LENGTH && patterns.some((found) => found(value));
};

const isInIpRange: Compare<IpRanges> = (ranges, value) => typeof value === 'string' && inIpRanges(ranges, value);

type OrderOperator = 'lessThan' | 'lessOrEqual' | 'greaterThan' | 'greaterOrEqual';

const ORDERS: { readonly [operator in OrderOperator]: Compare<number> } = {
  lessThan: (bound, value) => typeof value === 'number' && value < bound,
  lessOrEqual: (bound, value) => typeof value === 'number' && value <= bound,
  greaterThan: (bound, value) => typeof value === 'number' && value > bound,
  greaterOrEqual: (bound, value) => typeof value === 'number' && value >= bound,
};

/** What is no instant is NaN, and NaN is neither before nor after anything. */
const INSTANTS: { readonly [operator in 'before' | 'after']: Compare<number> } = {
  before: (instant, value) => readInstant(value) < instant,
  after: (instant, value) => readInstant(value) > instant,
};

/** A text that is no version compares as NaN: neither equal nor on either side. */
const VERSIONS: { readonly [operator in VersionOperator]: Compare<Version> } = {
  semverEqual: (version, value) => typeof value === 'string' && compareToVersion(value, version) === 0,
  semverLessThan: (version, value) => typeof value === 'string' && compareToVersion(value, version) < 0,
  semverLessOrEqual: (version, value) => typeof value === 'string' && compareToVersion(value, version) <= 0,
  semverGreaterThan: (version, value) => typeof value === 'string' && compareToVersion(value, version) > 0,
  semverGreaterOrEqual: (version, value) => typeof value === 'string' && compareToVersion(value, version) >= 0,
  semverSameMajor: (version, value) => typeof value === 'string' && sameMajor(value, version),
  semverSameMinor: (version, value) => typeof value === 'string' && sameMinor(value, version),
};

const isAnyVersion: Compare<readonly Version[]> = (versions, value) => {
  const parsed = typeof value === 'string' ? parseVersion(value) : null;
  return parsed !== null && versions.some((version) => compareVersions(parsed, version) === 0);
};
