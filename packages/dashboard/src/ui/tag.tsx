import { X } from 'lucide-react';
import type { ReactNode } from 'react';
import { cx } from './class-names.ts';

export interface TagProps {
  readonly children: ReactNode;
  readonly mono?: boolean | undefined;
  readonly onRemove?: (() => void) | undefined;
  /** What the remove button is called; needed with `onRemove`. */
  readonly removeLabel?: string | undefined;
}

/** A word that somebody put on a thing. */
export function Tag({ children, mono = false, onRemove, removeLabel }: TagProps) {
  return (
    <span className="inline-flex h-5 max-w-full items-center gap-1 rounded-sm border border-line bg-surface px-1.5 text-xs text-soft">
      <span className={cx('truncate', mono && 'font-mono')}>{children}</span>
      {onRemove !== undefined && (
        <button
          type="button"
          onClick={onRemove}
          aria-label={removeLabel ?? 'Remove'}
          className="-mr-1 rounded-sm p-0.5 hover:bg-hover hover:text-ink"
        >
          <X className="size-3" aria-hidden="true" />
        </button>
      )}
    </span>
  );
}
