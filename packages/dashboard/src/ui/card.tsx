import type { ComponentProps } from 'react';
import { cx } from './class-names.ts';

/** A frame around things that belong together. `flush`: without padding, for tables and lists. */
export function Card({
  flush = false,
  className,
  ...rest
}: ComponentProps<'div'> & { readonly flush?: boolean | undefined }) {
  return (
    <div
      {...rest}
      className={cx('min-w-0 rounded-lg border bg-surface', flush ? 'overflow-hidden' : 'p-4 sm:p-5', className)}
    />
  );
}
