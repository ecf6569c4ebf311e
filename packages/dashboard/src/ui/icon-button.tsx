import type { LucideIcon } from 'lucide-react';
import type { ComponentProps } from 'react';
import { BUSY } from './button.tsx';
import { type ButtonSize, type ButtonTone, buttonLook } from './button-look.ts';
import { cx } from './class-names.ts';
import { Spinner } from './spinner.tsx';
import { Tooltip } from './tooltip.tsx';

export interface IconButtonProps extends Omit<ComponentProps<'button'>, 'children'> {
  /** Its name for everybody: the tooltip and the accessible name. */
  readonly label: string;
  readonly icon: LucideIcon;
  readonly tone?: ButtonTone | undefined;
  readonly size?: ButtonSize | undefined;
  readonly loading?: boolean | undefined;
}

/** A button that is only a picture. */
export function IconButton({
  label,
  icon: Icon,
  tone = 'ghost',
  size = 'md',
  loading = false,
  className,
  onClick,
  ...rest
}: IconButtonProps) {
  return (
    <Tooltip text={label}>
      <button
        type="button"
        {...rest}
        aria-label={label}
        {...(loading ? BUSY : { onClick })}
        className={cx(buttonLook(tone, size, true), className)}
      >
        {loading ? <Spinner /> : <Icon className="size-4" aria-hidden="true" />}
      </button>
    </Tooltip>
  );
}
