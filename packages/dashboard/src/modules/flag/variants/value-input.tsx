import type { FlagType, JsonValue } from '@flaghoist/evaluator';
import { useState } from 'react';
import { JsonEditor, jsonProblem } from '../../../ui/json-editor.tsx';
import { NumberInput } from '../../../ui/number-input.tsx';
import { SegmentedControl } from '../../../ui/segmented-control.tsx';
import { TextArea } from '../../../ui/text-area.tsx';
import { Code } from '../../../ui/copy-text.tsx';
import { isSame } from '../draft/same.ts';

export interface ValueInputProps {
  readonly type: FlagType;
  /** Of the variant. */
  readonly name: string;
  readonly value: JsonValue;
  readonly readOnly?: boolean;
  readonly onChange: (value: JsonValue, typing?: boolean) => void;
  readonly onSettle?: () => void;
}

/** The value of a variant, in the form of the flag's type. */
export function ValueInput({ type, name, value, readOnly = false, onChange, onSettle }: ValueInputProps) {
  const label = `Value of ${name}`;
  if (readOnly)
    return type === 'object' ? (
      <Code text={JSON.stringify(value, null, 2)} label={label} />
    ) : (
      <code>{JSON.stringify(value)}</code>
    );
  switch (type) {
    case 'boolean':
      return (
        <SegmentedControl
          aria-label={label}
          value={value === true ? 'true' : 'false'}
          onChange={(next) => onChange(next === 'true')}
          options={BOOLEANS}
          className="self-start"
        />
      );
    case 'number':
      return (
        <NumberInput
          plain
          aria-label={label}
          digits={20}
          value={typeof value === 'number' ? value : null}
          onChange={(next) => next !== null && onChange(next, true)}
          className="w-56"
        />
      );
    case 'string':
      return (
        <TextArea
          mono
          aria-label={label}
          rows={1}
          value={typeof value === 'string' ? value : ''}
          onChange={(next) => onChange(next, true)}
          onBlur={onSettle}
        />
      );
    case 'object':
      return <ObjectInput label={label} value={value} onChange={onChange} />;
  }
}

const BOOLEANS = [
  { value: 'true', label: 'true' },
  { value: 'false', label: 'false' },
] as const;

interface ObjectInputProps {
  readonly label: string;
  readonly value: JsonValue;
  readonly onChange: (value: JsonValue, typing?: boolean) => void;
}

/** The text as it is typed; it becomes the value whenever it is JSON. A value that changes elsewhere takes its place. */
function ObjectInput({ label, value, onChange }: ObjectInputProps) {
  const [typed, setTyped] = useState({ text: JSON.stringify(value, null, 2), value });
  const text = isSame(typed.value, value) ? typed.text : JSON.stringify(value, null, 2);
  const problem = jsonProblem(text);
  return (
    <div className="flex min-w-0 flex-col gap-1.5">
      <JsonEditor
        aria-label={label}
        value={text}
        rows={4}
        invalid={problem !== null}
        onChange={(next) => {
          if (jsonProblem(next) !== null) return setTyped({ text: next, value });
          const parsed = JSON.parse(next) as JsonValue;
          setTyped({ text: next, value: parsed });
          return onChange(parsed, true);
        }}
      />
      {problem !== null && (
        <p role="status" className="text-sm text-danger-text">
          {problem}. The last value that was JSON is kept.
        </p>
      )}
    </div>
  );
}
