import { CircleAlert } from 'lucide-react';
import type { ReactNode } from 'react';
import { cx } from './class-names.ts';

/** Something that went wrong, in words for whoever has to mend it. */
export interface Failure {
  /** What is wrong. */
  readonly title: string;
  /** Where, and what to do about it. */
  readonly detail?: string | undefined;
}

export interface ErrorNoteProps {
  readonly failure: Failure;
  /** A button that mends it or tries again. */
  readonly action?: ReactNode;
  readonly className?: string | undefined;
}

/** Says what went wrong where it went wrong, aloud too. */
export function ErrorNote({ failure, action, className }: ErrorNoteProps) {
  return (
    <div role="alert" className={cx('flex items-start gap-2.5 rounded-lg bg-danger-soft px-3 py-2.5', className)}>
      <CircleAlert className="mt-0.5 size-4 shrink-0 text-danger-text" aria-hidden="true" />
      <div className="min-w-0 flex-1">
        <p className="font-medium text-danger-text">{failure.title}</p>
        {failure.detail !== undefined && failure.detail !== '' && (
          <p className="wrap-break-word text-ink">{failure.detail}</p>
        )}
      </div>
      {action}
    </div>
  );
}
