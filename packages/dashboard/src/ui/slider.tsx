import { Slider as Base } from '@base-ui/react/slider';
import { cx } from './class-names.ts';

export interface SliderProps {
  readonly value: number;
  readonly onChange: (value: number) => void;
  /** When the pointer or key is let go. */
  readonly onCommit?: ((value: number) => void) | undefined;
  readonly min?: number | undefined;
  readonly max?: number | undefined;
  readonly step?: number | undefined;
  readonly disabled?: boolean | undefined;
  readonly 'aria-label': string;
  /** The value in words for screen readers, such as “25 percent”. */
  readonly valueText?: ((value: number) => string) | undefined;
  readonly className?: string | undefined;
}

/** A number between two ends where the exact digit matters less; pair it with a NumberInput where it does. */
export function Slider({
  value,
  onChange,
  onCommit,
  min = 0,
  max = 100,
  step = 1,
  disabled = false,
  valueText,
  className,
  'aria-label': label,
}: SliderProps) {
  return (
    <Base.Root
      value={value}
      onValueChange={(next) => onChange(one(next))}
      onValueCommitted={(next) => onCommit?.(one(next))}
      min={min}
      max={max}
      step={step}
      disabled={disabled}
      className={cx('w-full', className)}
    >
      <Base.Control className="flex h-8 w-full touch-none items-center select-none">
        <Base.Track className="h-1.5 w-full rounded-full bg-sunken inset-ring inset-ring-line">
          <Base.Indicator className="rounded-full bg-accent" />
          <Base.Thumb
            aria-label={label}
            getAriaValueText={(_text, current) => valueText?.(current) ?? String(current)}
            className="size-4 rounded-full border-2 border-accent bg-surface has-focus-visible:outline-2 has-focus-visible:outline-offset-2 has-focus-visible:outline-accent-text"
          />
        </Base.Track>
      </Base.Control>
    </Base.Root>
  );
}

function one(value: number | readonly number[]): number {
  return typeof value === 'number' ? value : (value[0] ?? 0);
}
