import type { Condition } from '@flaghoist/evaluator';

/** A condition in words: `country in "DE", "AT"`, `not in segment staff`, `any of (…)`; its JSON when it is of another kind. */
export function describeCondition(condition: Condition): string {
  if ('segment' in condition) return `${condition.negate === true ? 'not ' : ''}in segment ${condition.segment}`;
  if ('group' in condition) {
    const inner = condition.conditions.map((one) => describeCondition(one)).join('; ');
    return `${condition.group} of (${inner})`;
  }
  if (!('attribute' in condition) || !Array.isArray(condition.values)) return JSON.stringify(condition);
  const { attribute, operator, values, negate } = condition;
  const what = values.map((value) => JSON.stringify(value)).join(', ');
  return [attribute, negate === true ? 'not' : '', operator, what].filter((part) => part !== '').join(' ');
}
