import { type Attribute, prepareAttribute } from './attribute.ts';
import { type Bucketer, prepareBucketer } from '../buckets/bucketing.ts';
import type { BucketCondition, Condition, GroupCondition, Operator, RegexEngine } from '../model.ts';
import { prepareComparison } from './dialect-comparison.ts';
import type { Comparison } from './comparison.ts';

/** A condition in the form that evaluates fastest. `negate` inverts the result, also when the attribute is missing. */
export type PreparedCondition =
  | PreparedAttributeCondition
  /** Named, not linked: the segment may be changed, added or deleted later. */
  | { readonly kind: 'segment'; readonly negate: boolean; readonly segment: string }
  | PreparedBucketCondition
  | {
      readonly kind: 'group';
      readonly group: GroupCondition['group'];
      readonly conditions: readonly PreparedCondition[];
    };

export interface PreparedAttributeCondition extends Comparison {
  readonly kind: 'attribute';
  readonly negate: boolean;
  readonly attribute: Attribute;
  readonly operator: Operator;
}

export interface PreparedBucketCondition {
  readonly kind: 'bucket';
  readonly negate: boolean;
  readonly bucketer: Bucketer;
  readonly from: number;
  readonly to: number;
}

const GROUPS: ReadonlySet<unknown> = /* @__PURE__ */ new Set(['all', 'any', 'none']);

/** What preparing conditions needs besides them: the key of the entity they stand in, and the engine handed in. */
export interface Preparing {
  readonly owner: string;
  readonly regex: RegexEngine | null;
}

export function prepareConditions(conditions: readonly Condition[], preparing: Preparing): PreparedCondition[] {
  return conditions.map((condition) => prepareCondition(condition, preparing));
}

function prepareCondition(condition: Condition, preparing: Preparing): PreparedCondition {
  if ('attribute' in condition) {
    const { compare, operand } = prepareComparison(condition, preparing.regex);
    return {
      kind: 'attribute',
      negate: condition.negate ?? false,
      attribute: prepareAttribute(condition.attribute),
      operator: condition.operator,
      compare,
      operand,
    };
  }
  if ('segment' in condition) return { kind: 'segment', negate: condition.negate ?? false, segment: condition.segment };
  if ('bucket' in condition) return prepareBucketCondition(condition, preparing.owner);
  const { group, conditions } = condition;
  if (!GROUPS.has(group)) throw new TypeError(group);
  return { kind: 'group', group, conditions: prepareConditions(conditions, preparing) };
}

function prepareBucketCondition(condition: BucketCondition, owner: string): PreparedBucketCondition {
  const { bucket, of, from, to, negate = false } = condition;
  if (!Number.isInteger(from) || !Number.isInteger(to)) throw new TypeError(owner);
  return { kind: 'bucket', negate, bucketer: prepareBucketer(bucket, owner, of), from, to };
}

/** Keys of the segments that conditions name, at any depth. */
export function namedSegments(conditions: readonly Condition[], found = new Set<string>()): Set<string> {
  for (const condition of conditions) {
    if ('segment' in condition) found.add(condition.segment);
    else if ('group' in condition) namedSegments(condition.conditions, found);
  }
  return found;
}
