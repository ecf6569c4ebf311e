/** Which flags refer to a segment. */
import type { Condition, FlagConfiguration } from '@flaghoist/evaluator';
import type { UnitOfWork } from '../changes/index.ts';

export async function flagsUsing(unit: UnitOfWork, environmentId: string, segment: string): Promise<readonly string[]> {
  const flags = await unit.currentOf(environmentId, 'flag');
  return flags
    .filter(({ json }) => refers(JSON.parse(json) as FlagConfiguration, segment))
    .map((flag) => `flag ${flag.key}`);
}

function refers(flag: FlagConfiguration, segment: string): boolean {
  return (flag.rules ?? []).some((rule) => rule.conditions.some((condition) => names(condition, segment)));
}

function names(condition: Condition, segment: string): boolean {
  if ('segment' in condition) return condition.segment === segment;
  return 'group' in condition && condition.conditions.some((inner) => names(inner, segment));
}
