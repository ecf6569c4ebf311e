import { CircleAlert } from 'lucide-react';
import type { Problem } from '@flaghoist/evaluator';
import { cx } from '../../../ui/class-names.ts';

/** What is wrong right here, and how to mend it. */
export function Said({
  problem,
  className,
}: {
  readonly problem: Problem | null;
  readonly className?: string | undefined;
}) {
  if (problem === null) return null;
  return (
    <p role="status" data-wrong className={cx('flex items-start gap-1.5 text-sm text-danger-text', className)}>
      <CircleAlert className="mt-0.5 size-4 shrink-0" aria-hidden="true" />
      <span className="min-w-0 wrap-anywhere">{problem.message}</span>
    </p>
  );
}
