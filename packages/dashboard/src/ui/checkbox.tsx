import { Checkbox as Base } from '@base-ui/react/checkbox';
import { Check, Minus } from 'lucide-react';
import type { ReactNode } from 'react';
import { cx } from './class-names.ts';

export interface CheckboxProps {
  readonly checked: boolean;
  readonly onChange: (checked: boolean) => void;
  /** Beside the box; a text for screen readers only with `hideLabel`. */
  readonly label: ReactNode;
  readonly hint?: ReactNode;
  readonly hideLabel?: boolean | undefined;
  /** Some of what it stands for, not all. */
  readonly partly?: boolean | undefined;
  readonly disabled?: boolean | undefined;
}

/** Yes or no, taken when a form is sent. For what happens at once use a Switch. */
export function Checkbox({
  checked,
  onChange,
  label,
  hint,
  hideLabel = false,
  partly = false,
  disabled = false,
}: CheckboxProps) {
  return (
    <label className={cx('inline-flex items-start gap-2', disabled && 'text-faint')}>
      <Base.Root
        checked={checked}
        indeterminate={partly}
        onCheckedChange={onChange}
        disabled={disabled}
        className="mt-0.5 flex size-4 shrink-0 items-center justify-center rounded-sm border border-edge bg-surface text-white data-checked:border-accent data-checked:bg-accent data-disabled:opacity-50 data-indeterminate:border-accent data-indeterminate:bg-accent"
      >
        <Base.Indicator>
          {partly ? <Minus className="size-3" strokeWidth={3} /> : <Check className="size-3" strokeWidth={3} />}
        </Base.Indicator>
      </Base.Root>
      <span className={hideLabel ? 'sr-only' : undefined}>
        {label}
        {hint !== undefined && <span className="block text-sm text-faint">{hint}</span>}
      </span>
    </label>
  );
}
