import { Checkbox } from './checkbox.tsx';

export interface OverCheckboxProps {
  /** How many do not work any more; nothing is asked when there are none. */
  readonly count: number;
  readonly checked: boolean;
  readonly onChange: (checked: boolean) => void;
}

/** Whether a list shows what has expired or was revoked too. */
export function OverCheckbox({ count, checked, onChange }: OverCheckboxProps) {
  if (count === 0) return null;
  return (
    <Checkbox
      checked={checked}
      onChange={onChange}
      label={`Also the ${count} that ${count === 1 ? 'does' : 'do'} not work any more`}
    />
  );
}
