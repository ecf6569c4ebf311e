import type { AttributeCondition } from '@flaghoist/evaluator';
import { CaseSensitive } from 'lucide-react';
import { Badge } from '../../../ui/badge.tsx';
import { Combobox } from '../../../ui/combobox.tsx';
import { cx } from '../../../ui/class-names.ts';
import { IconButton } from '../../../ui/icon-button.tsx';
import { firstUnder, problemAt, type Problems } from '../check/problems.ts';
import { OPERANDS, withOperator } from '../draft/operands.ts';
import { useEditing } from '../editing/editing-context.ts';
import { AttributeField } from './attribute-field.tsx';
import type { ConditionEditorProps } from './condition-props.ts';
import { choiceOf, OPERATOR_OPTIONS, readChoice } from './operator-options.ts';
import { Said } from './said.tsx';
import { ValuesField } from './values-field.tsx';

export function AttributeConditionEditor({
  condition,
  place,
  path,
  problems,
}: ConditionEditorProps<AttributeCondition>) {
  const { edit, settle } = useEditing();
  const { attribute, operator, negate = false, ignoreCase = false, dialect } = condition;
  const set = (next: AttributeCondition, typing = false) =>
    edit({ do: 'set condition', place, condition: next }, typing);
  const problem =
    firstUnder(problems, `${path}.attribute`) ??
    problemAt(problems, `${path}.operator`) ??
    firstUnder(problems, `${path}.values`);
  return (
    <>
      <div className="flex min-w-0 flex-wrap items-start gap-2">
        <AttributeField
          aria-label="Attribute"
          value={attribute}
          onChange={(next) => set({ ...condition, attribute: next })}
          className="w-full sm:w-48"
        />
        <Combobox
          aria-label="Operator"
          options={OPERATOR_OPTIONS}
          value={choiceOf(operator, negate)}
          onChange={(choice) => {
            const read = readChoice(choice ?? '');
            if (read !== null) set(withOperator(condition, read.operator, read.negate));
          }}
          className="w-full sm:w-44"
        />
        <ValuesField
          condition={condition}
          onChange={(values, typing) => set({ ...condition, values }, typing)}
          onSettle={settle}
          wrong={wrongPlaces(problems, path)}
        />
        {OPERANDS[operator].cased && (
          <IconButton
            icon={CaseSensitive}
            label={
              ignoreCase
                ? 'Upper and lower case are the same; make them different'
                : 'Upper and lower case differ; make them the same'
            }
            aria-pressed={ignoreCase}
            onClick={() => {
              const { ignoreCase: _before, ...rest } = condition;
              set(ignoreCase ? rest : { ...rest, ignoreCase: true });
            }}
            className={cx(ignoreCase && 'bg-accent-soft text-accent-text')}
          />
        )}
        {dialect !== undefined && <Badge className="mt-1.5">as {dialect} reads it</Badge>}
      </div>
      <Said problem={problem} />
    </>
  );
}

function wrongPlaces(problems: Problems, path: string): ReadonlySet<number> {
  const start = `${path}.values[`;
  return new Set(
    problems
      .filter((one) => one.path.startsWith(start))
      .map((one) => Number.parseInt(one.path.slice(start.length), 10)),
  );
}
