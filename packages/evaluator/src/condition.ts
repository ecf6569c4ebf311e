import { type Attribute, prepareAttribute } from './attribute.ts';
import type { Condition, GroupCondition } from './model.ts';
import { prepareTest, type Test } from './operator.ts';

/** A condition in the form that evaluates fastest. `negate` inverts the result, also when the attribute is missing. */
export type PreparedCondition =
  | { readonly kind: 'attribute'; readonly negate: boolean; readonly attribute: Attribute; readonly test: Test }
  /** Named, not linked: the segment may be changed, added or deleted later. */
  | { readonly kind: 'segment'; readonly negate: boolean; readonly segment: string }
  | {
      readonly kind: 'group';
      readonly group: GroupCondition['group'];
      readonly conditions: readonly PreparedCondition[];
    };

export function prepareCondition(condition: Condition): PreparedCondition {
  if ('attribute' in condition) {
    return {
      kind: 'attribute',
      negate: condition.negate ?? false,
      attribute: prepareAttribute(condition.attribute),
      test: prepareTest(condition),
    };
  }
  if ('segment' in condition) return { kind: 'segment', negate: condition.negate ?? false, segment: condition.segment };
  return { kind: 'group', group: condition.group, conditions: condition.conditions.map(prepareCondition) };
}

/** Keys of the segments that conditions name, at any depth. */
export function namedSegments(conditions: readonly PreparedCondition[], found = new Set<string>()): Set<string> {
  for (const condition of conditions) {
    if (condition.kind === 'segment') found.add(condition.segment);
    else if (condition.kind === 'group') namedSegments(condition.conditions, found);
  }
  return found;
}
