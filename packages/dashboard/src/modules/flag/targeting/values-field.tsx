import type { AttributeCondition } from '@flaghoist/evaluator';
import { Select } from '../../../ui/select.tsx';
import { NumberInput } from '../../../ui/number-input.tsx';
import { TextInput } from '../../../ui/text-input.tsx';
import { likelyType, OPERANDS, readValue, typeOf, type Value, type ValueType } from '../draft/operands.ts';
import { readPastedKeys } from '../draft/targets.ts';
import { ChipInput } from './chip-input.tsx';
import { type Chip, ChipList } from './chip-list.tsx';
import { useState } from 'react';
import { DateField } from './date-field.tsx';

export interface ValuesFieldProps {
  readonly condition: AttributeCondition;
  readonly onChange: (values: readonly Value[], typing?: boolean) => void;
  readonly onSettle: () => void;
  /** Places in the list that are wrong. */
  readonly wrong: ReadonlySet<number>;
}

/** The values of a condition, in the form that its operator wants them. */
export function ValuesField({ condition, onChange, onSettle, wrong }: ValuesFieldProps) {
  const { operator, values, attribute } = condition;
  const { kind, single } = OPERANDS[operator];
  const label = `Value for ${attribute === '' ? 'the attribute' : attribute}`;
  const [first] = values;
  if (kind === 'none') return null;
  if (kind === 'number')
    return (
      <NumberInput
        aria-label={label}
        plain
        digits={12}
        value={typeof first === 'number' ? first : null}
        onChange={(next) => onChange(next === null ? [] : [next], true)}
        className="w-36"
      />
    );
  if (kind === 'dateTime')
    return (
      <DateField value={first} onChange={(next) => onChange(next === null ? [] : [next], true)} aria-label={label} />
    );
  if (single)
    return (
      <TextInput
        aria-label={label}
        mono
        value={first === undefined ? '' : String(first)}
        placeholder={kind === 'version' ? '2.1.0' : ''}
        aria-invalid={wrong.size > 0 || undefined}
        onChange={(text) => onChange(text === '' ? [] : [text], true)}
        onBlur={onSettle}
        className="w-36"
      />
    );
  return <ValueChips {...{ condition, onChange, wrong }} label={label} />;
}

const TYPES = [
  { value: 'text', label: 'Text', hint: 'Compared letter by letter' },
  { value: 'number', label: 'Number' },
  { value: 'boolean', label: 'True or false' },
] as const satisfies readonly { readonly value: ValueType; readonly label: string; readonly hint?: string }[];

const TYPE_MARKS = { text: null, number: '#', boolean: '✓' } as const;

function ValueChips({
  condition,
  onChange,
  wrong,
  label,
}: Pick<ValuesFieldProps, 'condition' | 'onChange' | 'wrong'> & { readonly label: string }) {
  const { operator, values } = condition;
  const { kind } = OPERANDS[operator];
  const [chosen, setChosen] = useState<ValueType | null>(null);
  const type = kind === 'any' ? (chosen ?? likelyType(values)) : 'text';

  function add(texts: readonly string[]): boolean {
    const read = texts.map((text) => readValue(text, type)).filter((value) => value !== null);
    if (read.length === 0) return false;
    const known = new Set(values);
    onChange([...values, ...new Set(read.filter((value) => !known.has(value)))]);
    return true;
  }

  const chips = values.map((value, index): Chip & { readonly index: number } => {
    const mark = TYPE_MARKS[typeOf(value)];
    return {
      key: `${typeof value} ${value} ${index}`,
      text: kind === 'pattern' ? `/${value}/` : String(value),
      index,
      wrong: wrong.has(index),
      ...(mark === null || kind !== 'any' ? {} : { mark: <span className="text-xs text-faint">{mark}</span> }),
    };
  });
  return (
    <div className="flex min-w-0 flex-1 basis-64 flex-wrap items-start gap-2 sm:flex-nowrap">
      <div className="min-w-0 basis-full sm:flex-1 sm:basis-0">
        <ChipList
          aria-label={label}
          chips={chips}
          onRemove={(chip) => onChange(values.filter((_, index) => index !== (chip as (typeof chips)[number]).index))}
        >
          <ChipInput
            aria-label={label}
            placeholder={PLACEHOLDERS[kind === 'any' ? type : kind]}
            onAdd={add}
            onRemoveLast={() => values.length > 0 && onChange(values.slice(0, -1))}
            split={kind === 'pattern' ? (text) => text.split(/[\n\r]+/).filter((part) => part !== '') : readPastedKeys}
          />
        </ChipList>
      </div>
      {kind === 'any' && (
        <Select aria-label="Type of new values" value={type} onChange={setChosen} options={TYPES} className="w-28" />
      )}
    </div>
  );
}

const PLACEHOLDERS = {
  text: 'Add a value',
  number: 'Add a number',
  boolean: 'true or false',
  pattern: 'Add a pattern, such as @example\\.com$',
  version: 'Add a version, such as 2.1.0',
  ipRange: 'Add a range, such as 10.0.0.0/8',
  dateTime: '',
  none: '',
} as const;
