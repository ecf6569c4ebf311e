import { Check, Minus } from 'lucide-react';
import { type ReactNode, useEffect, useRef } from 'react';
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
  const box = useRef<HTMLInputElement>(null);
  // No attribute says it.
  useEffect(() => {
    if (box.current !== null) box.current.indeterminate = partly;
  }, [partly]);
  const Mark = partly ? Minus : Check;
  return (
    <label className={cx('inline-flex items-start gap-2', disabled && 'text-faint')}>
      <span className="relative mt-0.5 flex size-4 shrink-0">
        <input
          ref={box}
          type="checkbox"
          checked={checked}
          onChange={(event) => onChange(event.target.checked)}
          disabled={disabled}
          className="peer size-4 appearance-none rounded-sm border border-edge bg-surface checked:border-accent checked:bg-accent indeterminate:border-accent indeterminate:bg-accent disabled:opacity-50"
        />
        <Mark
          className="pointer-events-none absolute top-0.5 left-0.5 hidden size-3 text-white peer-checked:block peer-indeterminate:block"
          strokeWidth={3}
          aria-hidden="true"
        />
      </span>
      <span className={hideLabel ? 'sr-only' : undefined}>
        {label}
        {hint !== undefined && <span className="block text-sm text-faint">{hint}</span>}
      </span>
    </label>
  );
}
