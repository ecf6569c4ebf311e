import { Select as Base } from '@base-ui/react/select';
import { Check, ChevronsUpDown } from 'lucide-react';
import type { ReactNode } from 'react';
import { cx } from './class-names.ts';
import { Dot } from './dot.tsx';
import type { Option } from './option.ts';

export interface SelectProps<Value extends string> {
  readonly value: Value | null;
  readonly onChange: (value: Value) => void;
  readonly options: readonly Option<Value>[];
  readonly placeholder?: string | undefined;
  readonly disabled?: boolean | undefined;
  readonly size?: 'sm' | 'md' | undefined;
  readonly className?: string | undefined;
  /** Needed outside of a `Field`. */
  readonly 'aria-label'?: string | undefined;
}

/** Chooses one of a few; use a Combobox for more than about fifteen. */
export function Select<Value extends string>({
  value,
  onChange,
  options,
  placeholder = 'Choose',
  disabled = false,
  size = 'md',
  className,
  ...rest
}: SelectProps<Value>) {
  const chosen = options.find((option) => option.value === value);
  return (
    <Base.Root
      value={value}
      onValueChange={(next) => {
        if (next !== null) onChange(next);
      }}
      items={options.map((option) => ({ value: option.value, label: option.label }))}
      disabled={disabled}
    >
      <Base.Trigger
        {...rest}
        className={cx(
          'control inline-flex min-w-0 items-center justify-between gap-2 text-left',
          size === 'sm' ? 'h-7 px-2 text-sm' : 'h-8 px-2.5',
          className,
        )}
      >
        <span className={cx('flex min-w-0 items-center gap-2 truncate', chosen === undefined && 'text-faint')}>
          {chosen !== undefined && markOf(chosen)}
          <span className="truncate">{chosen?.label ?? placeholder}</span>
        </span>
        <Base.Icon>
          <ChevronsUpDown className="size-3.5 text-faint" aria-hidden="true" />
        </Base.Icon>
      </Base.Trigger>
      <Base.Portal>
        <Base.Positioner sideOffset={4} alignItemWithTrigger={false} className="z-50 outline-none">
          <Base.Popup className="pop max-h-[min(24rem,var(--available-height))] min-w-[max(10rem,var(--anchor-width))] max-w-96 overflow-y-auto rounded-lg bg-raised p-1 shadow-pop outline-none">
            {options.map((option) => (
              <Base.Item
                key={option.value}
                value={option.value}
                disabled={option.disabled ?? false}
                className="grid cursor-default grid-cols-[1fr_auto] items-center gap-3 rounded-md px-2 py-1.5 outline-none select-none data-disabled:text-faint data-highlighted:bg-hover"
              >
                <span className="flex min-w-0 items-center gap-2">
                  {markOf(option)}
                  <span className="min-w-0">
                    <Base.ItemText className="block truncate">{option.label}</Base.ItemText>
                    {option.hint !== undefined && <span className="block text-xs text-faint">{option.hint}</span>}
                  </span>
                </span>
                <Base.ItemIndicator>
                  <Check className="size-4 text-accent-text" aria-hidden="true" />
                </Base.ItemIndicator>
              </Base.Item>
            ))}
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  );
}

function markOf({ mark, hue }: Option): ReactNode {
  return hue === undefined ? mark : <Dot hue={hue} />;
}
