import type { Condition } from '@flaghoist/evaluator';
import type { Configuration } from '../draft/configuration.ts';
import { likelyType, OPERANDS } from '../draft/operands.ts';
import type { RowType } from './context.ts';

/** The type that each attribute is compared as; of several the first. */
export function typesOf({ rules }: Configuration): ReadonlyMap<string, RowType> {
  const found = new Map<string, RowType>();
  const look = (condition: Condition): void => {
    if ('group' in condition) condition.conditions.forEach(look);
    if (!('attribute' in condition) || found.has(condition.attribute)) return;
    const { kind } = OPERANDS[condition.operator];
    if (kind === 'none') return;
    found.set(
      condition.attribute,
      kind === 'number' ? 'number' : kind === 'any' ? likelyType(condition.values) : 'text',
    );
  };
  for (const rule of rules) rule.conditions.forEach(look);
  return found;
}
