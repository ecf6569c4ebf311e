import { NumberField } from '@base-ui/react/number-field';
import { Minus, Plus } from 'lucide-react';
import { cx } from './class-names.ts';

export interface NumberInputProps {
  readonly value: number | null;
  /** Null: emptied. */
  readonly onChange: (value: number | null) => void;
  readonly min?: number | undefined;
  readonly max?: number | undefined;
  readonly step?: number | undefined;
  /** Digits after the point at most; 3 when absent. */
  readonly digits?: number | undefined;
  /** Shown behind the number, such as `%`. */
  readonly unit?: string | undefined;
  readonly disabled?: boolean | undefined;
  readonly className?: string | undefined;
  readonly 'aria-label'?: string | undefined;
  /** Leaves out the minus and plus. */
  readonly plain?: boolean | undefined;
}

/** A number; arrow keys step it, with Shift by ten steps. */
export function NumberInput({
  value,
  onChange,
  min,
  max,
  step = 1,
  digits = 3,
  unit,
  disabled = false,
  className,
  plain = false,
  ...rest
}: NumberInputProps) {
  const limits = { ...(min === undefined ? {} : { min }), ...(max === undefined ? {} : { max }) };
  const button = 'flex w-7 items-center justify-center text-soft hover:bg-hover hover:text-ink disabled:text-faint';
  return (
    <NumberField.Root
      value={value}
      onValueChange={onChange}
      {...limits}
      step={step}
      largeStep={step * 10}
      disabled={disabled}
      format={{ maximumFractionDigits: digits, useGrouping: false }}
    >
      <NumberField.Group
        className={cx('control inline-flex h-8 w-32 overflow-hidden', disabled && 'bg-sunken', className)}
      >
        {!plain && (
          <NumberField.Decrement className={button} aria-label="Less">
            <Minus className="size-3.5" aria-hidden="true" />
          </NumberField.Decrement>
        )}
        <NumberField.Input
          {...rest}
          className={cx('min-w-0 flex-1 bg-transparent px-2 outline-none nums', plain ? 'text-left' : 'text-center')}
        />
        {unit !== undefined && <span className="self-center pr-2 text-faint">{unit}</span>}
        {!plain && (
          <NumberField.Increment className={button} aria-label="More">
            <Plus className="size-3.5" aria-hidden="true" />
          </NumberField.Increment>
        )}
      </NumberField.Group>
    </NumberField.Root>
  );
}
