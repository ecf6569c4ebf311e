import type { ReactNode } from 'react';
import { cx } from './class-names.ts';

export interface SwitchProps {
  readonly checked: boolean;
  readonly onChange: (checked: boolean) => void;
  /** Its name; shown beside it unless `hideLabel`. */
  readonly label: string;
  readonly hideLabel?: boolean | undefined;
  readonly hint?: ReactNode;
  /** What was asked for is not confirmed yet. It can still be operated. */
  readonly pending?: boolean | undefined;
  readonly disabled?: boolean | undefined;
  readonly size?: 'sm' | 'md' | undefined;
}

/** On or off, taking effect at once. */
export function Switch({
  checked,
  onChange,
  label,
  hideLabel = false,
  hint,
  pending = false,
  disabled = false,
  size = 'md',
}: SwitchProps) {
  const isSmall = size === 'sm';
  return (
    <label className={cx('inline-flex items-start gap-2.5', disabled && 'text-faint')}>
      <button
        type="button"
        role="switch"
        aria-checked={checked}
        aria-busy={pending || undefined}
        disabled={disabled}
        onClick={() => onChange(!checked)}
        className={cx(
          'flex shrink-0 rounded-full border p-px transition-colors duration-150 disabled:cursor-not-allowed disabled:opacity-50',
          checked ? 'border-on bg-on' : 'border-edge bg-edge/30',
          isSmall ? 'h-4 w-7' : 'h-5 w-9',
        )}
      >
        <span
          className={cx(
            'block aspect-square h-full rounded-full transition-[translate,background-color] duration-150 ease-out',
            checked ? cx('bg-white', isSmall ? 'translate-x-3' : 'translate-x-4') : 'bg-edge',
            pending && 'shimmer',
          )}
        />
      </button>
      <span className={hideLabel ? 'sr-only' : undefined}>
        {label}
        {hint !== undefined && <span className="block text-sm text-faint">{hint}</span>}
      </span>
    </label>
  );
}
