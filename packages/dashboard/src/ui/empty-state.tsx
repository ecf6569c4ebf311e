import type { ReactNode } from 'react';
import { cx } from './class-names.ts';

export interface EmptyStateProps {
  /** A drawing or an icon; decoration only. */
  readonly drawing?: ReactNode;
  readonly title: string;
  /** What would be here, what it is for, and how it comes here. */
  readonly children?: ReactNode;
  readonly action?: ReactNode;
  readonly className?: string | undefined;
  /** 1 where it is all there is on the page. */
  readonly level?: 1 | 2 | undefined;
}

/** Stands where things will be, and teaches what they are. */
export function EmptyState({ drawing, title, children, action, className, level = 2 }: EmptyStateProps) {
  const Title = level === 1 ? 'h1' : 'h2';
  return (
    <div className={cx('flex flex-col items-center px-6 py-14 text-center', className)}>
      {drawing !== undefined && (
        <div aria-hidden="true" className="mb-4 text-faint">
          {drawing}
        </div>
      )}
      <Title className="text-md font-semibold">{title}</Title>
      {children !== undefined && <div className="mt-1 max-w-md text-pretty text-soft">{children}</div>}
      {action !== undefined && <div className="mt-5 flex flex-wrap justify-center gap-2">{action}</div>}
    </div>
  );
}
