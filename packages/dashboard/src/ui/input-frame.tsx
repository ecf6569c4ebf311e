/** What a line of text looks like, whoever keeps it. */
import type { LucideIcon } from 'lucide-react';
import type { ComponentProps, ReactNode } from 'react';
import { cx } from './class-names.ts';

export interface InputFrameProps extends Omit<ComponentProps<'input'>, 'onChange' | 'value' | 'size' | 'defaultValue'> {
  readonly value: string;
  readonly onChange: (value: string) => void;
  /** Monospaced: keys, secrets. */
  readonly mono?: boolean | undefined;
  readonly icon?: LucideIcon | undefined;
  /** Small parts at the right end, inside the frame. */
  readonly end?: ReactNode;
  readonly size?: 'sm' | 'md' | undefined;
}

/** The frame with its picture and what stands at its right end; the input itself is what it holds. */
export function InputFrame({
  icon: Icon,
  end,
  className,
  children,
}: Pick<InputFrameProps, 'icon' | 'end' | 'className'> & { readonly children: ReactNode }) {
  return (
    <span className={cx('relative flex min-w-0 items-center', className)}>
      {Icon !== undefined && (
        <Icon className="pointer-events-none absolute left-2.5 size-4 text-faint" aria-hidden="true" />
      )}
      {children}
      {end !== undefined && <span className="absolute right-1 flex items-center gap-1">{end}</span>}
    </span>
  );
}

/** The classes of the input. */
export function inputLook({
  mono = false,
  icon,
  end,
  size = 'md',
}: Pick<InputFrameProps, 'mono' | 'icon' | 'end' | 'size'>): string {
  return cx(
    'control w-full',
    size === 'sm' ? 'h-7 px-2 text-sm' : 'h-8 px-2.5',
    mono && 'font-mono text-sm',
    icon !== undefined && 'pl-8.5',
    end !== undefined && 'pr-10',
  );
}
