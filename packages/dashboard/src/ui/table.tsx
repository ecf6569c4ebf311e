import type { ComponentProps } from 'react';
import { cx } from './class-names.ts';

/** A table that scrolls sideways in its own frame when it is too wide. Name it with `aria-label`. */
export function Table({ className, ...rest }: ComponentProps<'table'>) {
  return (
    // Positioned, so that what it holds for screen readers only does not widen the page.
    <div className="relative overflow-x-auto">
      <table {...rest} className={cx('w-full border-collapse text-left', className)} />
    </div>
  );
}

/** The head of a table; takes Th. */
export function THead({ children }: { readonly children: React.ReactNode }) {
  return (
    <thead className="border-b">
      <tr>{children}</tr>
    </thead>
  );
}

/** A column's title. */
export function Th({ className, ...rest }: ComponentProps<'th'>) {
  return (
    <th scope="col" {...rest} className={cx('h-9 px-4 text-xs font-medium whitespace-nowrap text-faint', className)} />
  );
}

/** A row; highlighted under the pointer. */
export function Tr({ className, ...rest }: ComponentProps<'tr'>) {
  return <tr {...rest} className={cx('border-b last:border-0 hover:bg-hover', className)} />;
}

/** A cell. */
export function Td({ className, ...rest }: ComponentProps<'td'>) {
  return <td {...rest} className={cx('h-11 px-4 py-2 align-middle', className)} />;
}
