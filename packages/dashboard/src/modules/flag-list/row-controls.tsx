import { Check } from 'lucide-react';
import { cx } from '../../ui/class-names.ts';
import { Spinner } from '../../ui/spinner.tsx';

/**
 * The kit's Checkbox and Switch as plain elements. A screenful of rows is made anew many times a second while one scrolls; with these a
 * row costs about a third (measured with 5,000 flags).
 */
export interface RowCheckboxProps {
  readonly checked: boolean;
  readonly onChange: () => void;
  readonly label: string;
}

export function RowCheckbox({ checked, onChange, label }: RowCheckboxProps) {
  return (
    <span className="relative flex size-4">
      <input
        type="checkbox"
        checked={checked}
        onChange={onChange}
        aria-label={label}
        className="peer size-4 appearance-none rounded-sm border border-edge bg-surface checked:border-accent checked:bg-accent"
      />
      <Check
        className="pointer-events-none absolute top-0.5 left-0.5 hidden size-3 text-white peer-checked:block"
        strokeWidth={3}
        aria-hidden="true"
      />
    </span>
  );
}

export interface RowToggleProps {
  readonly checked: boolean;
  readonly onChange: (checked: boolean) => void;
  readonly label: string;
  /** What was asked for is not confirmed yet. It can still be operated. */
  readonly pending: boolean;
  readonly disabled: boolean;
}

export function RowToggle({ checked, onChange, label, pending, disabled }: RowToggleProps) {
  return (
    <button
      type="button"
      role="switch"
      aria-checked={checked}
      aria-label={label}
      aria-busy={pending || undefined}
      disabled={disabled}
      onClick={() => onChange(!checked)}
      className={cx(
        'flex h-5 w-9 shrink-0 rounded-full border p-px transition-colors duration-150 disabled:cursor-not-allowed disabled:opacity-50',
        checked ? 'border-on bg-on' : 'border-edge bg-edge/30',
      )}
    >
      <span
        className={cx(
          'flex aspect-square h-full items-center justify-center rounded-full transition-[translate,background-color] duration-150 ease-out',
          checked ? 'translate-x-4 bg-white text-on' : 'bg-edge text-ink',
        )}
      >
        {pending && <Spinner className="scale-75" />}
      </span>
    </button>
  );
}
