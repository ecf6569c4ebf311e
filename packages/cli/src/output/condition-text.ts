import type { AttributeCondition, BucketCondition, Bucketing, Condition } from '@flaghoist/evaluator';
import { attributeValueText } from './attribute-value-text.ts';

/** How much of one condition is shown. */
export interface Shown {
  /** A list may have 100,000. */
  readonly values: number;
  /** Of all its shown values together. */
  readonly characters: number;
}

const SHOWN: Shown = { values: 10, characters: Number.POSITIVE_INFINITY };

/**
 * A condition in words: `country in "DE", "AT"`, `not in segment staff`, `in buckets 0 to 9 of 100 by targetingKey`,
 * `any of (…)`; its JSON when it is of another kind.
 */
export function describeCondition(condition: Condition, shown: Shown = SHOWN): string {
  if ('segment' in condition) return `${condition.negate === true ? 'not ' : ''}in segment ${condition.segment}`;
  if ('group' in condition) {
    const inner = condition.conditions.map((one) => describeCondition(one, shown)).join('; ');
    return `${condition.group} of (${inner})`;
  }
  if ('bucket' in condition) return describeBucketCondition(condition);
  if ('attribute' in condition && Array.isArray(condition.values)) return describeAttributeCondition(condition, shown);
  return JSON.stringify(condition);
}

function describeAttributeCondition(condition: AttributeCondition, shown: Shown): string {
  const { attribute, operator, values, negate, ignoreCase, dialect } = condition;
  const first = values.slice(0, shown.values);
  const characters = Math.floor(shown.characters / first.length);
  const more = values.length - first.length;
  const remarks = [
    ...(ignoreCase === true ? ['in any case'] : []),
    ...(dialect === undefined ? [] : [`as ${dialect} reads it`]),
  ].join(', ');
  return [
    attribute,
    negate === true ? 'not' : '',
    operator,
    first.map((value) => attributeValueText(value, { attribute, operator, characters })).join(', '),
    more > 0 ? `and ${more} more` : '',
    remarks === '' ? '' : `(${remarks})`,
  ]
    .filter((part) => part !== '')
    .join(' ');
}

function describeBucketCondition({ bucket, of, from, to, negate }: BucketCondition): string {
  const range = to - from === 1 ? `bucket ${from}` : `buckets ${from} to ${to - 1}`;
  return `${negate === true ? 'not ' : ''}in ${range} of ${of} ${describeBucketing(bucket)}`;
}

/** By what a context is dealt: `by targetingKey`, `by company.key or targetingKey with salt "x" (fnv-growthbook/2)`. */
function describeBucketing({ algorithm, salt, seed, attribute = 'targetingKey', fallback = [] }: Bucketing): string {
  return [
    `by ${[attribute, ...fallback].join(' or ')}`,
    salt === undefined ? '' : `with salt ${JSON.stringify(salt)}`,
    seed === undefined ? '' : `and seed ${seed}`,
    algorithm === 'murmur3/1' ? '' : `(${algorithm})`,
  ]
    .filter((part) => part !== '')
    .join(' ');
}
