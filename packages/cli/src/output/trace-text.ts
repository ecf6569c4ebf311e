/** The traces of conditions and rollouts, for people. */
import type { BucketTrace, Condition, ConditionTrace, SegmentReason } from '@flaghoist/evaluator';
import { attributeValueText, shortened } from './attribute-value-text.ts';
import { describeCondition, type Shown } from './condition-text.ts';
import { findCondition, type Owner, type Owners } from './configured-conditions.ts';
import type { Cells, TreeLine } from './tree-text.ts';

/** Of one value of the context. */
export const SHOWN_CHARACTERS = 100;

/** Of what a condition compares with. */
const SHOWN: Shown = { values: 3, characters: 100 };

const BECAUSE: { readonly [reason in SegmentReason]: string } = {
  included: 'the targeting key is included',
  excluded: 'the targeting key is excluded',
  conditions: 'its conditions decide',
  'not-included': 'the targeting key is not included',
  'unknown-segment': 'there is no such segment',
  'leads-back': 'the segment leads back to itself, or too deep',
};

/** What `owner`'s conditions came to; in columns where a condition is known, with its path where it is not. */
export function conditionLines(
  conditions: readonly ConditionTrace[],
  owner: Owner,
  owners: Owners,
  depth: number,
): readonly TreeLine[] {
  return conditions.flatMap((trace) => {
    const inner = trace.condition === 'segment' ? ({ kind: 'segment', key: trace.segment } as const) : owner;
    const below = 'conditions' in trace ? conditionLines(trace.conditions, inner, owners, depth + 1) : [];
    const condition = findCondition(owners, owner, trace);
    const line =
      condition === undefined
        ? { depth, text: `${trace.held ? 'yes' : 'no'}: ${describeTrace(trace)}` }
        : { depth, cells: describeConfigured(condition, trace) };
    return [line, ...below];
  });
}

/** `bucket 42 of 100 by targetingKey "ann" (murmur3/1, salt "checkout")`. */
export function describeBucket({ algorithm, salt, attribute, value, bucket, of }: BucketTrace): string {
  const contract = `(${algorithm}, salt ${show(salt)})`;
  if (attribute === null) return `${NO_BUCKET} ${contract}`;
  return `bucket ${bucket} of ${of} by ${attribute} ${show(value)} ${contract}`;
}

const NO_BUCKET = 'no bucket: no attribute has a value to deal by';

function describeConfigured(condition: Condition, trace: ConditionTrace): Cells {
  const result = trace.held ? 'holds' : 'does not hold';
  if ('group' in condition) {
    const count = condition.conditions.length;
    return [`${condition.group} of ${count} ${count === 1 ? 'condition' : 'conditions'}`, '', result];
  }
  return [describeCondition(condition, SHOWN), describeSeen(trace), result];
}

function describeSeen(trace: ConditionTrace): string {
  switch (trace.condition) {
    case 'attribute':
      return describeAttribute(trace);
    case 'bucket': {
      const { attribute, value, bucket } = trace.bucket;
      return attribute === null ? NO_BUCKET : `${attribute} is ${show(value)}, in bucket ${bucket}`;
    }
    case 'segment': {
      const isShownAbove = trace.because === 'conditions' && trace.conditions.length === 0;
      return BECAUSE[trace.because] + (isShownAbove ? ', see above' : '');
    }
    default:
      return '';
  }
}

function describeTrace(trace: ConditionTrace): string {
  switch (trace.condition) {
    case 'attribute': {
      const test = `${trace.attribute} ${trace.negate ? 'not ' : ''}${trace.operator}`;
      return `${test} (${trace.path}): ${describeAttribute(trace)}`;
    }
    case 'bucket': {
      const range = `${trace.negate ? 'not ' : ''}in buckets ${trace.from} to ${trace.to - 1}`;
      return `${range} (${trace.path}): ${describeBucket(trace.bucket)}`;
    }
    case 'segment':
      return `${trace.negate ? 'not ' : ''}in segment ${trace.segment} (${trace.path}): ${BECAUSE[trace.because]}`;
    case 'group':
      return `${trace.group} of (${trace.path})`;
    default:
      return JSON.stringify(trace);
  }
}

function describeAttribute(trace: ConditionTrace & { readonly condition: 'attribute' }): string {
  const { attribute, operator, value } = trace;
  if (!('value' in trace)) return `${attribute} is missing`;
  return `${attribute} is ${attributeValueText(value, { attribute, operator, characters: SHOWN_CHARACTERS })}`;
}

function show(value: unknown): string {
  return shortened(JSON.stringify(value), SHOWN_CHARACTERS);
}
