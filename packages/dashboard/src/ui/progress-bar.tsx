import { cx } from './class-names.ts';

/** How far something is; 0 to 1, or null when nobody knows. */
export function ProgressBar({
  value,
  label,
  className,
}: {
  readonly value: number | null;
  readonly label: string;
  readonly className?: string | undefined;
}) {
  const percent = value === null ? undefined : Math.round(Math.min(1, Math.max(0, value)) * 100);
  return (
    <div
      role="progressbar"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={percent}
      className={cx('h-1 w-full overflow-hidden rounded-full bg-sunken', className)}
    >
      <div
        className={cx(
          'h-full rounded-full bg-accent transition-[width] duration-200',
          percent === undefined && 'slide w-1/4',
        )}
        style={percent === undefined ? undefined : { width: `${percent}%` }}
      />
    </div>
  );
}
