import { Field as Base } from '@base-ui/react/field';
import { CircleAlert } from 'lucide-react';
import type { ReactNode } from 'react';
import { cx } from './class-names.ts';

export interface FieldProps {
  readonly label: ReactNode;
  /** What to write, shown before anything is wrong. */
  readonly hint?: ReactNode;
  /** What is wrong and how to mend it. Null or absent: nothing. */
  readonly error?: ReactNode;
  /** False adds “optional” to the label. */
  readonly required?: boolean | undefined;
  readonly optional?: boolean | undefined;
  /** Keeps the label for screen readers only. */
  readonly hideLabel?: boolean | undefined;
  /** Stands at the right end of the label's line. */
  readonly corner?: ReactNode;
  readonly className?: string | undefined;
  /** One control of this kit. */
  readonly children: ReactNode;
}

/** A label, a control, and what is to be said about it, tied together for everybody. */
export function Field({
  label,
  hint,
  error,
  required = false,
  optional = false,
  hideLabel = false,
  corner,
  className,
  children,
}: FieldProps) {
  const isWrong = error !== undefined && error !== null && error !== false && error !== '';
  return (
    <Base.Root invalid={isWrong} className={cx('flex min-w-0 flex-col gap-1.5', className)}>
      <div className={cx('flex items-baseline justify-between gap-3', hideLabel && corner === undefined && 'sr-only')}>
        <Base.Label className={cx('text-sm font-medium text-ink', hideLabel && 'sr-only')}>
          {label}
          {required && (
            <span className="text-danger-text" aria-hidden="true">
              &thinsp;*
            </span>
          )}
          {optional && <span className="font-normal text-faint"> (optional)</span>}
        </Base.Label>
        {corner}
      </div>
      {children}
      {hint !== undefined && hint !== null && (
        <Base.Description className="text-sm text-faint">{hint}</Base.Description>
      )}
      <Base.Error match={isWrong} className="flex items-start gap-1.5 text-sm text-danger-text">
        <CircleAlert className="mt-0.5 size-4 shrink-0" aria-hidden="true" />
        <span className="min-w-0">{error}</span>
      </Base.Error>
    </Base.Root>
  );
}
