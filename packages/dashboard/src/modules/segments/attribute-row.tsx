import type { AttributeCondition, Operator } from '@flaghoist/evaluator';
import { Trash2 } from 'lucide-react';
import { Checkbox } from '../../ui/checkbox.tsx';
import { Field } from '../../ui/field.tsx';
import { IconButton } from '../../ui/icon-button.tsx';
import { MultiCombobox } from '../../ui/multi-combobox.tsx';
import { Select } from '../../ui/select.tsx';
import { TextInput } from '../../ui/text-input.tsx';
import { OPERATORS, operatorWords, type ValueKind, withOperator, withValues } from './conditions.ts';

export interface AttributeRowProps {
  readonly condition: AttributeCondition;
  readonly problem: string | null;
  readonly isLocked: boolean;
  readonly onChange: (condition: AttributeCondition) => void;
  readonly onRemove: () => void;
}

const EXAMPLES: Readonly<Record<ValueKind, string>> = {
  any: 'pro, team',
  text: '@example.com',
  number: '18',
  version: '2.10.0',
  time: '2026-03-01T09:30:00+01:00',
  range: '192.0.2.0/24',
  none: '',
};
const NOT = 'not ';

/** One condition on one attribute: what it looks at, how it compares, and with what. */
export function AttributeRow({ condition, problem, isLocked, onChange, onRemove }: AttributeRowProps) {
  const { operator, negate = false } = condition;
  const words = operatorWords(operator);
  function choose(choice: string) {
    const isNot = choice.startsWith(NOT);
    const { negate: _before, ...rest } = withOperator(
      condition,
      (isNot ? choice.slice(NOT.length) : choice) as Operator,
    );
    onChange(isNot ? { ...rest, negate: true } : rest);
  }
  return (
    <div className="grid min-w-0 flex-1 items-start gap-2 sm:grid-cols-[minmax(8rem,12rem)_12rem_minmax(0,1fr)_auto]">
      <Field label="Attribute" hideLabel>
        <TextInput
          value={condition.attribute}
          onChange={(attribute) => onChange({ ...condition, attribute })}
          mono
          disabled={isLocked}
          placeholder="plan"
          spellCheck={false}
          autoCapitalize="off"
          maxLength={256}
          aria-invalid={problem !== null && condition.attribute === ''}
        />
      </Field>
      <Select
        value={`${negate ? NOT : ''}${operator}`}
        onChange={choose}
        disabled={isLocked}
        aria-label="How it compares"
        options={OPERATORS.flatMap(({ operator: one, is, isNot }) => [
          { value: one, label: is },
          { value: `${NOT}${one}`, label: isNot },
        ])}
      />
      <Field label="Values" hideLabel error={problem}>
        <Values condition={condition} isLocked={isLocked} onChange={onChange} />
      </Field>
      {!isLocked && <IconButton label="Remove the condition" icon={Trash2} onClick={onRemove} />}
      {(operator === 'in' || words.kind === 'text') && (
        <div className="sm:col-span-3 sm:col-start-1">
          <Checkbox
            checked={condition.ignoreCase === true}
            disabled={isLocked}
            onChange={(checked) => {
              const { ignoreCase: _before, ...rest } = condition;
              onChange(checked ? { ...rest, ignoreCase: true } : rest);
            }}
            label={<span className="text-sm text-soft">Upper and lower case are the same</span>}
          />
        </div>
      )}
    </div>
  );
}

function Values({ condition, isLocked, onChange }: Pick<AttributeRowProps, 'condition' | 'isLocked' | 'onChange'>) {
  const { kind, single } = operatorWords(condition.operator);
  if (kind === 'none') return <span className="pt-1.5 text-faint">Nothing to compare with.</span>;
  if (single)
    return (
      <TextInput
        value={String(condition.values[0] ?? '')}
        onChange={(text) => onChange(withValues(condition, text === '' ? [] : [text]))}
        mono
        disabled={isLocked}
        placeholder={EXAMPLES[kind]}
        inputMode={kind === 'number' ? 'decimal' : undefined}
      />
    );
  return (
    <MultiCombobox
      value={condition.values.map(String)}
      onChange={(texts) => onChange(withValues(condition, texts))}
      options={[]}
      allowNew
      mono
      disabled={isLocked}
      placeholder={EXAMPLES[kind]}
      empty="Type a value, then Enter. A pasted list becomes several."
    />
  );
}
