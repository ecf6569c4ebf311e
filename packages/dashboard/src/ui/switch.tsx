import { Switch as Base } from '@base-ui/react/switch';
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
      <Base.Root
        checked={checked}
        onCheckedChange={onChange}
        disabled={disabled}
        aria-busy={pending || undefined}
        className={cx(
          'flex shrink-0 rounded-full border border-edge bg-edge/30 p-px transition-colors duration-150 data-checked:border-on data-checked:bg-on data-disabled:cursor-not-allowed data-disabled:opacity-50',
          isSmall ? 'h-4 w-7' : 'h-5 w-9',
        )}
      >
        <Base.Thumb
          className={cx(
            'block aspect-square h-full rounded-full bg-edge transition-[translate,background-color] duration-150 ease-out data-checked:bg-white',
            isSmall ? 'data-checked:translate-x-3' : 'data-checked:translate-x-4',
            pending && 'shimmer',
          )}
        />
      </Base.Root>
      <span className={hideLabel ? 'sr-only' : undefined}>
        {label}
        {hint !== undefined && <span className="block text-sm text-faint">{hint}</span>}
      </span>
    </label>
  );
}
