/** Conditions in plain words: `country is one of DE, AT`, `the context is not in segment staff`. */
import type { AttributeCondition, BucketCondition, Bucketing, Condition, Operator } from '@flaghoist/evaluator';
import { percentText } from '../draft/rollout.ts';
import { attributeSpan, list, percentSpan, remark, someOf, type Span, text, valueSpan, type Words } from './span.ts';
import { valueWords } from './value-words.ts';

/** Values of a list that are named; the others are counted. */
const SHOWN_VALUES = 5;

export function conditionWords(condition: Condition): Words {
  if ('segment' in condition)
    return [
      text(condition.negate === true ? 'the context is not in segment ' : 'the context is in segment '),
      condition.segment === '' ? remark('…') : { kind: 'segment', text: condition.segment },
    ];
  if ('group' in condition) return groupWords(condition.group, condition.conditions);
  return 'bucket' in condition ? bucketWords(condition) : attributeWords(condition);
}

/** All of them, joined; within another sentence a list of alternatives stands in brackets. */
export function conditionsWords(conditions: readonly Condition[], word: 'and' | 'or' = 'and'): Words {
  return conditions.flatMap((condition, index) =>
    index === 0 ? conditionWords(condition) : [text(` ${word} `), ...conditionWords(condition)],
  );
}

function groupWords(group: 'all' | 'any' | 'none', conditions: readonly Condition[]): Words {
  const inner = conditions.length === 0 ? [remark('…')] : conditionsWords(conditions, group === 'all' ? 'and' : 'or');
  return [text(group === 'none' ? 'not (' : '('), ...inner, text(')')];
}

/** How an operator is said: of one value, of several, and both turned round. `values` stand behind. */
interface Phrase {
  readonly one: string;
  readonly many: string;
  readonly notOne: string;
  readonly notMany: string;
  /** Behind the values. */
  readonly end?: string;
}

function phrase(one: string, notOne: string, many = one, notMany = notOne, end?: string): Phrase {
  return { one, many, notOne, notMany, ...(end === undefined ? {} : { end }) };
}

export const PHRASES: { readonly [operator in Operator]: Phrase } = {
  in: phrase('is', 'is not', 'is one of', 'is none of'),
  contains: phrase('contains', 'does not contain', 'contains one of', 'contains none of'),
  startsWith: phrase('starts with', 'does not start with', 'starts with one of', 'starts with none of'),
  endsWith: phrase('ends with', 'does not end with', 'ends with one of', 'ends with none of'),
  matches: phrase('matches', 'does not match', 'matches one of', 'matches none of'),
  lessThan: phrase('is less than', 'is not less than'),
  lessOrEqual: phrase('is at most', 'is not at most'),
  greaterThan: phrase('is greater than', 'is not greater than'),
  greaterOrEqual: phrase('is at least', 'is not at least'),
  semverEqual: phrase('is version', 'is not version', 'is one of the versions', 'is none of the versions'),
  semverLessThan: phrase('is a version before', 'is not a version before'),
  semverLessOrEqual: phrase('is version', 'is not version', undefined, undefined, 'or earlier'),
  semverGreaterThan: phrase('is a version after', 'is not a version after'),
  semverGreaterOrEqual: phrase('is version', 'is not version', undefined, undefined, 'or later'),
  semverSameMajor: phrase('has the major version of', 'has another major version than'),
  semverSameMinor: phrase('has the major and minor version of', 'has another major or minor version than'),
  before: phrase('is before', 'is not before'),
  after: phrase('is after', 'is not after'),
  inIpRange: phrase(
    'is in the address range',
    'is not in the address range',
    'is in one of the ranges',
    'is in none of the ranges',
  ),
  exists: phrase('is present', 'is absent'),
};

function attributeWords({ attribute, operator, values, negate, ignoreCase, dialect }: AttributeCondition): Words {
  const { one, many, notOne, notMany, end } = PHRASES[operator];
  const isNot = negate === true;
  const said = values.length > 1 ? (isNot ? notMany : many) : isNot ? notOne : one;
  const shown = values.map((value): Words => [valueWords(value, operator)]);
  const remarks = [
    ...(ignoreCase === true ? ['in any case'] : []),
    ...(dialect === undefined ? [] : [`as ${dialect} reads it`]),
  ];
  return [
    attribute === '' ? remark('…') : subjectSpan(attribute),
    text(` ${said}`),
    ...(shown.length > 0 ? [text(' '), ...someOf(shown, SHOWN_VALUES)] : []),
    ...(shown.length === 0 && operator !== 'exists' ? [text(' '), remark('…')] : []),
    ...(end === undefined ? [] : [text(` ${end}`)]),
    ...(remarks.length === 0 ? [] : [remark(` (${remarks.join(', ')})`)]),
  ];
}

function subjectSpan(attribute: string): Span {
  if (attribute === '$now') return text('the time');
  if (attribute === '$random') return text('a random text');
  return attributeSpan(attribute);
}

function bucketWords({ bucket, of, from, to, negate }: BucketCondition): Words {
  const isWhole = from === 0 && to === of;
  const share = percentSpan(percentText(to - from, of));
  const range: Words =
    isWhole || from === 0 ? [] : [remark(` (from ${percentText(from, of)} to ${percentText(to, of)})`)];
  return [
    text(negate === true ? 'the context is not among ' : 'the context is among '),
    share,
    text(' of '),
    ...byWords(bucket),
    ...range,
    ...saltWords(bucket),
  ];
}

/** By what contexts are dealt out: `company.key`, or others when it is missing. */
export function byWords({ attribute = 'targetingKey', fallback = [] }: Bucketing): Words {
  return list(
    [attribute, ...fallback].map((path) => [path === '$random' ? text('all evaluations') : attributeSpan(path)]),
    'or else',
  );
}

/** Bucket conditions with one salt cut the same line of people: that is what layers are made of. */
function saltWords({ salt }: Bucketing): Words {
  return salt === undefined ? [] : [text(' in layer '), valueSpan(salt === '' ? '“”' : salt)];
}
