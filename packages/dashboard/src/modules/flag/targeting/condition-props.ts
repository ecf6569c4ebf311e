import type { Condition } from '@flaghoist/evaluator';
import type { Problems } from '../check/problems.ts';
import type { ConditionPlace } from '../draft/actions.ts';

export interface ConditionEditorProps<Kind extends Condition = Condition> {
  readonly condition: Kind;
  readonly place: ConditionPlace;
  /** Of the condition, as problems write it. */
  readonly path: string;
  readonly problems: Problems;
}
