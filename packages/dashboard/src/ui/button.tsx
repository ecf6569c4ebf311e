import type { LucideIcon } from 'lucide-react';
import type { ComponentProps, MouseEvent } from 'react';
import { type ButtonSize, type ButtonTone, buttonLook } from './button-look.ts';
import { cx } from './class-names.ts';
import { Spinner } from './spinner.tsx';

export interface ButtonProps extends ComponentProps<'button'> {
  readonly tone?: ButtonTone | undefined;
  readonly size?: ButtonSize | undefined;
  /** Shows that the action is under way; the button keeps its width and cannot be pressed again. */
  readonly loading?: boolean | undefined;
  readonly icon?: LucideIcon | undefined;
}

/** Of a button that works on something: it cannot be pressed, nor send its form, but keeps the focus, which `disabled` would take from it. */
export const BUSY = {
  'aria-busy': true,
  'aria-disabled': true,
  onClick: (event: MouseEvent) => event.preventDefault(),
} as const;

/** Does something. `type` is `button` unless said otherwise. */
export function Button({
  tone = 'secondary',
  size = 'md',
  loading = false,
  icon: Icon,
  className,
  children,
  onClick,
  ...rest
}: ButtonProps) {
  return (
    <button
      type="button"
      {...rest}
      {...(loading ? BUSY : { onClick })}
      className={cx(buttonLook(tone, size), className)}
    >
      {loading && <Spinner className="absolute" />}
      <span className={cx('inline-flex items-center', size === 'sm' ? 'gap-1.5' : 'gap-2', loading && 'opacity-0')}>
        {Icon !== undefined && <Icon className="-ml-0.5 size-4" aria-hidden="true" />}
        {children}
      </span>
    </button>
  );
}
