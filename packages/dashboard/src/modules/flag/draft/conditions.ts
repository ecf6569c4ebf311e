/** Edits of nested conditions, by place. */
import type { Condition } from '@flaghoist/evaluator';

type Conditions = readonly Condition[];

/** `change` answers what stands in place of the condition; nothing for a removal. A place that is not there changes nothing. */
export function changeAt(
  conditions: Conditions,
  [first, ...rest]: readonly number[],
  change: (condition: Condition) => Conditions,
): Conditions {
  return conditions.flatMap((condition, index) => {
    if (index !== first) return [condition];
    if (rest.length === 0) return change(condition);
    if (!('group' in condition)) return [condition];
    return [{ ...condition, conditions: changeAt(condition.conditions, rest, change) }];
  });
}

export function addInto(conditions: Conditions, into: readonly number[], added: Condition): Conditions {
  if (into.length === 0) return [...conditions, added];
  return changeAt(conditions, into, (group) =>
    'group' in group ? [{ ...group, conditions: [...group.conditions, added] }] : [group],
  );
}

export function conditionAt(conditions: Conditions, [first = -1, ...rest]: readonly number[]): Condition | null {
  const found = conditions[first];
  if (found === undefined) return null;
  if (rest.length === 0) return found;
  return 'group' in found ? conditionAt(found.conditions, rest) : null;
}
