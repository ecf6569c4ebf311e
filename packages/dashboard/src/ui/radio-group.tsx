import { Radio } from '@base-ui/react/radio';
import { RadioGroup as Base } from '@base-ui/react/radio-group';
import { cx } from './class-names.ts';
import type { Option } from './option.ts';

export interface RadioGroupProps<Value extends string> {
  readonly value: Value | null;
  readonly onChange: (value: Value) => void;
  readonly options: readonly Option<Value>[];
  readonly disabled?: boolean | undefined;
  /** `cards`: each option in a frame of its own. */
  readonly look?: 'list' | 'cards' | undefined;
  readonly 'aria-label'?: string | undefined;
  readonly className?: string | undefined;
}

/** One of a few, all to be seen at once. */
export function RadioGroup<Value extends string>({
  value,
  onChange,
  options,
  disabled = false,
  look = 'list',
  className,
  ...rest
}: RadioGroupProps<Value>) {
  return (
    <Base
      {...rest}
      value={value}
      onValueChange={(next) => onChange(next as Value)}
      disabled={disabled}
      className={cx(look === 'cards' ? 'grid gap-2 sm:grid-cols-2' : 'flex flex-col gap-2', className)}
    >
      {options.map((option) => (
        <label
          key={option.value}
          className={cx(
            'flex items-start gap-2.5',
            look === 'cards' &&
              'rounded-lg border bg-surface p-3 hover:border-edge has-data-checked:border-accent has-data-checked:bg-accent-soft',
          )}
        >
          <Radio.Root
            value={option.value}
            disabled={option.disabled ?? false}
            className="mt-0.5 flex size-4 shrink-0 items-center justify-center rounded-full border border-edge bg-surface data-checked:border-accent data-checked:bg-accent data-disabled:opacity-50"
          >
            <Radio.Indicator className="size-1.5 rounded-full bg-white" />
          </Radio.Root>
          <span className="min-w-0">
            <span className="flex items-center gap-2">
              {option.mark}
              {option.label}
            </span>
            {option.hint !== undefined && <span className="block text-sm text-soft">{option.hint}</span>}
          </span>
        </label>
      ))}
    </Base>
  );
}
