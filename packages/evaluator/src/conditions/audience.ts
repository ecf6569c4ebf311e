/** Who meets conditions, and who is in a segment. */
import { readAttribute, TARGETING_KEY } from './attribute.ts';
import { bucketText, isInRange } from '../buckets/bucket.ts';
import { containsKey, HashedKey } from '../rulesets/chunk.ts';
import type { PreparedAttributeCondition, PreparedBucketCondition, PreparedCondition } from './condition.ts';
import { LIST_ELEMENTS } from '../limits.ts';
import type { Comparison } from './comparison.ts';
import type { Scope } from '../scope.ts';
import type { PreparedSegment } from '../rulesets/segment.ts';
import { preparedSegment } from '../rulesets/segment-entry.ts';
import { lookup } from '../rulesets/table.ts';

/** References of the segment that conditions stand in which lead nowhere; null outside of segments, and when there are none. */
export type Voids = ReadonlySet<string> | null;

/** Whether all conditions hold for the context. */
export function holdAll(conditions: readonly PreparedCondition[], scope: Scope, voids: Voids): boolean {
  for (let index = 0; index < conditions.length; index++) {
    const condition = conditions[index];
    if (condition !== undefined && !holds(condition, scope, voids)) return false;
  }
  return true;
}

function anyHolds(conditions: readonly PreparedCondition[], scope: Scope, voids: Voids): boolean {
  for (const condition of conditions) if (holds(condition, scope, voids)) return true;
  return false;
}

/** Whether a condition holds for the context. */
export function holds(condition: PreparedCondition, scope: Scope, voids: Voids): boolean {
  if (condition.kind === 'attribute') return attributeHolds(condition, scope);
  if (condition.kind === 'segment') return contains(condition.segment, scope, voids) !== condition.negate;
  if (condition.kind === 'bucket') return isInBuckets(condition, scope) !== condition.negate;
  if (condition.group === 'all') return holdAll(condition.conditions, scope, voids);
  return anyHolds(condition.conditions, scope, voids) === (condition.group === 'any');
}

function attributeHolds(condition: PreparedAttributeCondition, { attributes, moment }: Scope): boolean {
  const value = readAttribute(attributes, condition.attribute, moment);
  const { operand, negate } = condition;
  return (typeof value === 'object' ? passes(condition, value) : condition.compare(operand, value)) !== negate;
}

/** Whether an attribute passes: it does itself, or it is a list and any of its elements does. Before `negate`. */
export function passes(condition: PreparedAttributeCondition, value: unknown): boolean {
  const whole = typeof value !== 'object' || value === null || takesAll(condition);
  if (whole) return condition.compare(condition.operand, value);
  return Array.isArray(value) && anyPasses(condition, value);
}

/** `exists` asks for any value, and what has no engine cannot say anything of any. */
function takesAll({ operator, operand }: PreparedAttributeCondition): boolean {
  return operator === 'exists' || (operator === 'matches' && operand === null);
}

function anyPasses({ compare, operand }: Comparison, list: readonly unknown[]): boolean {
  const end = Math.min(list.length, LIST_ELEMENTS);
  for (let index = 0; index < end; index++) {
    const element = list[index];
    if (typeof element !== 'object' && compare(operand, element)) return true;
  }
  return false;
}

/** Before `negate`. */
function isInBuckets({ bucketer, from, to }: PreparedBucketCondition, scope: Scope): boolean {
  const text = bucketText(bucketer, scope.attributes, scope.moment);
  return text !== null && isInRange(bucketer, text, from, to);
}

/** Whether a segment contains the context. `voids`: of the segment that the reference stands in. */
export function contains(key: string, scope: Scope, voids: Voids): boolean {
  if (voids?.has(key) === true) return false;
  const entry = lookup(scope.content.segments, key);
  if (entry === undefined) return false;
  const segment = preparedSegment(entry, scope.content.regex);
  const listed = isListed(segment, scope);
  if (listed !== null) return listed;
  return segment.conditions.length > 0 && meetsConditions(segment, scope);
}

/** True: included. False: excluded. Null: neither, so that the conditions decide. */
export function isListed({ included, excluded }: PreparedSegment, scope: Scope): boolean | null {
  if (included === null && excluded === null) return null;
  const key = keyOf(scope);
  if (key === null) return null;
  if (included !== null && containsKey(included, key)) return true;
  return excluded !== null && containsKey(excluded, key) ? false : null;
}

function keyOf(scope: Scope): HashedKey | null {
  if (scope.key !== null) return scope.key;
  const targetingKey = readAttribute(scope.attributes, TARGETING_KEY, scope.moment);
  if (typeof targetingKey === 'string') scope.key = new HashedKey(targetingKey);
  return scope.key;
}

function meetsConditions(segment: PreparedSegment, scope: Scope): boolean {
  scope.segments ??= new Map();
  const before = scope.segments.get(segment.key);
  if (before !== undefined) return before;
  const result = holdAll(segment.conditions, scope, voidsOf(segment.key, scope));
  scope.segments.set(segment.key, result);
  return result;
}

export function voidsOf(segmentKey: string, scope: Scope): Voids {
  return scope.content.nesting.voidsOf(segmentKey, scope.content.segments);
}
