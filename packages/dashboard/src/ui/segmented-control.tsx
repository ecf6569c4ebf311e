import { Toggle } from '@base-ui/react/toggle';
import { ToggleGroup } from '@base-ui/react/toggle-group';
import { cx } from './class-names.ts';
import type { Option } from './option.ts';

export interface SegmentedControlProps<Value extends string> {
  readonly value: Value;
  readonly onChange: (value: Value) => void;
  readonly options: readonly Option<Value>[];
  readonly size?: 'sm' | 'md' | undefined;
  readonly 'aria-label': string;
  readonly className?: string | undefined;
}

/** One of two to five ways to see or do something. */
export function SegmentedControl<Value extends string>({
  value,
  onChange,
  options,
  size = 'md',
  className,
  ...rest
}: SegmentedControlProps<Value>) {
  return (
    <ToggleGroup
      {...rest}
      value={[value]}
      onValueChange={([next]) => {
        if (next !== undefined) onChange(next);
      }}
      className={cx('inline-flex rounded-md border bg-sunken p-0.5', className)}
    >
      {options.map((option) => (
        <Toggle
          key={option.value}
          value={option.value}
          disabled={option.disabled ?? false}
          className={cx(
            'inline-flex items-center gap-1.5 rounded-sm px-2.5 font-medium whitespace-nowrap text-soft hover:text-ink disabled:text-faint data-pressed:bg-surface data-pressed:text-ink data-pressed:inset-ring data-pressed:inset-ring-edge/50',
            size === 'sm' ? 'h-6 text-xs' : 'h-7 text-sm',
          )}
        >
          {option.mark}
          {option.label}
        </Toggle>
      ))}
    </ToggleGroup>
  );
}
