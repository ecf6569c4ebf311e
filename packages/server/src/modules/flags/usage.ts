/** Which flags refer to a segment. */
import type { FlagConfiguration } from '@flaghoist/evaluator';
import { type Queryable, sql } from '../../platform/database.ts';
import { segmentsIn } from '../segments/index.ts';
import { selectConfigurations } from './states.ts';

/** Keys of living flags of an environment with a rule that refers to a segment, in order. */
export async function flagsUsing(on: Queryable, environmentId: string, segment: string): Promise<readonly string[]> {
  // Most flags do not even hold the text; only those that do are parsed.
  const maybe = await selectConfigurations(
    on,
    sql`s.environment_id = ${environmentId}::uuid and strpos(v.json, ${`"segment":${JSON.stringify(segment)}`}) > 0`,
  );
  return maybe
    .filter(({ json }) => refers(JSON.parse(json) as FlagConfiguration, segment))
    .map(({ key }) => key)
    .sort();
}

function refers(flag: FlagConfiguration, segment: string): boolean {
  return (flag.rules ?? []).some((rule) => segmentsIn(rule.conditions).includes(segment));
}
