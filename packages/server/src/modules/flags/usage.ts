/** Which flags refer to a segment, or to a flag. */
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

/** Flags of a locked environment that need a flag as prerequisite, as this write leaves them. */
export async function flagsNeeding(unit: UnitOfWork, environmentId: string, flag: string): Promise<readonly string[]> {
  const flags = await unit.stagedOf(environmentId, 'flag');
  return flags.filter(({ json }) => needs(JSON.parse(json) as FlagConfiguration, flag)).map(({ key }) => key);
}

function needs({ prerequisites = [] }: FlagConfiguration, flag: string): boolean {
  return prerequisites.some((prerequisite) => prerequisite.flag === flag);
}
