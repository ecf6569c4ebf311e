/** Which flags refer to a segment. */
import type { FlagConfiguration } from '@flaghoist/evaluator';
import type { UnitOfWork } from '../changes/index.ts';
import { segmentsIn } from '../segments/index.ts';

export async function flagsUsing(unit: UnitOfWork, environmentId: string, segment: string): Promise<readonly string[]> {
  const flags = await unit.currentOf(environmentId, 'flag');
  return flags
    .filter(({ json }) => refers(JSON.parse(json) as FlagConfiguration, segment))
    .map((flag) => `flag ${flag.key}`);
}

function refers(flag: FlagConfiguration, segment: string): boolean {
  return (flag.rules ?? []).some((rule) => segmentsIn(rule.conditions).includes(segment));
}
