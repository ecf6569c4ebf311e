/** Which flags refer to a segment, and where an edit does. */
import type { FlagConfiguration } from '@flaghoist/evaluator';
import type { FlagConfigurationEdit } from '@flaghoist/protocol/management';
import { type Queryable, sql } from '../../platform/database.ts';
import { type EditedConditions, segmentsIn } from '../segments/index.ts';
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

/** The conditions of rules that an edit sets, which passed the evaluator's check. */
export function conditionsSetBy(
  { rules }: FlagConfigurationEdit,
  environmentId: string,
  at: string,
): readonly EditedConditions[] {
  const checked = (rules ?? []) as NonNullable<FlagConfiguration['rules']>;
  return checked.map(({ conditions }, i) => ({
    environmentId,
    segment: null,
    conditions,
    at: `${at}.rules[${i}].conditions`,
  }));
}
