/** Whether one condition holds, asked through the public functions. */
import { evaluate } from '../src/evaluate.ts';
import type { AttributeCondition, EvaluationContext } from '../src/model.ts';
import { prepare } from '../src/rulesets/ruleset.ts';

/** A test of contexts by this condition. Throws when the check refuses the condition. */
export function conditionHolds(condition: AttributeCondition): (context: EvaluationContext) => boolean {
  const flag = {
    key: 'asked',
    type: 'boolean',
    enabled: true,
    variants: { yes: true, no: false },
    rules: [{ id: 'asked', conditions: [condition], serve: { variant: 'yes' } }],
    default: { variant: 'no' },
  };
  const prepared = prepare([{ kind: 'flag', key: 'asked', json: JSON.stringify(flag) }]);
  if (!prepared.ok) throw new Error(JSON.stringify(prepared.problems));
  return (context) => evaluate(prepared.value, 'asked', context).value === true;
}
