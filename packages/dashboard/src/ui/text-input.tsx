import { Input } from '@base-ui/react/input';
import type { LucideIcon } from 'lucide-react';
import type { ComponentProps, ReactNode } from 'react';
import { cx } from './class-names.ts';

export interface TextInputProps extends Omit<ComponentProps<'input'>, 'onChange' | 'value' | 'size' | 'defaultValue'> {
  readonly value: string;
  readonly onChange: (value: string) => void;
  /** Monospaced: keys, secrets. */
  readonly mono?: boolean | undefined;
  readonly icon?: LucideIcon | undefined;
  /** Small parts at the right end, inside the frame. */
  readonly end?: ReactNode;
  readonly size?: 'sm' | 'md' | undefined;
}

/** One line of text. Inside a `Field` it needs no label of its own. */
export function TextInput({
  value,
  onChange,
  mono = false,
  icon: Icon,
  end,
  size = 'md',
  className,
  ...rest
}: TextInputProps) {
  return (
    <span className={cx('relative flex min-w-0 items-center', className)}>
      {Icon !== undefined && (
        <Icon className="pointer-events-none absolute left-2.5 size-4 text-faint" aria-hidden="true" />
      )}
      <Input
        autoComplete="off"
        {...rest}
        value={value}
        onValueChange={onChange}
        className={cx(
          'control w-full',
          size === 'sm' ? 'h-7 px-2 text-sm' : 'h-8 px-2.5',
          mono && 'font-mono text-sm',
          Icon !== undefined && 'pl-8.5',
          end !== undefined && 'pr-10',
        )}
      />
      {end !== undefined && <span className="absolute right-1 flex items-center gap-1">{end}</span>}
    </span>
  );
}
