import type { LucideIcon } from 'lucide-react';
import type { ComponentProps } from 'react';
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

/** Does something. `type` is `button` unless said otherwise. */
export function Button({
  tone = 'secondary',
  size = 'md',
  loading = false,
  icon: Icon,
  className,
  children,
  disabled,
  ...rest
}: ButtonProps) {
  return (
    <button
      type="button"
      {...rest}
      disabled={disabled === true || loading}
      aria-busy={loading || undefined}
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
