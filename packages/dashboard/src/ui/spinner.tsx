import { cx } from './class-names.ts';

/** A turning circle. Give `label` when nothing beside it says what is waited for. */
export function Spinner({
  label,
  className,
}: {
  readonly label?: string | undefined;
  readonly className?: string | undefined;
}) {
  return (
    <span
      className={cx('inline-flex', className)}
      {...(label === undefined ? { 'aria-hidden': true } : { role: 'status' })}
    >
      <svg
        viewBox="0 0 16 16"
        className="size-4 animate-spin"
        fill="none"
        stroke="currentColor"
        strokeWidth="2"
        aria-hidden="true"
      >
        <circle cx="8" cy="8" r="6" opacity="0.25" />
        <path d="M14 8a6 6 0 0 0-6-6" strokeLinecap="round" />
      </svg>
      {label !== undefined && <span className="sr-only">{label}</span>}
    </span>
  );
}
