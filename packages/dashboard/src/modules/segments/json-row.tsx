import { Trash2 } from 'lucide-react';
import { Field } from '../../ui/field.tsx';
import { IconButton } from '../../ui/icon-button.tsx';
import { JsonEditor } from '../../ui/json-editor.tsx';

export interface JsonRowProps {
  readonly text: string;
  readonly problem: string | null;
  readonly isLocked: boolean;
  readonly onChange: (text: string) => void;
  readonly onRemove: () => void;
}

/** A condition that has no fields here, as rulesets write it. */
export function JsonRow({ text, problem, isLocked, onChange, onRemove }: JsonRowProps) {
  return (
    <div className="flex min-w-0 flex-1 items-start gap-2">
      <Field
        label="Condition as JSON"
        hideLabel
        error={problem}
        className="flex-1"
        hint='{"segment": "staff"}, {"group": "any", "conditions": […]} or {"bucket": …}; "negate": true turns it round.'
      >
        <JsonEditor
          value={text}
          onChange={onChange}
          aria-label="Condition as JSON"
          readOnly={isLocked}
          invalid={problem !== null}
          rows={4}
        />
      </Field>
      {!isLocked && <IconButton label="Remove the condition" icon={Trash2} onClick={onRemove} />}
    </div>
  );
}
