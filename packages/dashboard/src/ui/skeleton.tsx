import { cx } from './class-names.ts';

/** A grey shape of the size of what is coming. Give width and height by `className`; put `aria-busy` on what holds it. */
export function Skeleton({ className }: { readonly className?: string | undefined }) {
  return <span aria-hidden="true" className={cx('shimmer block rounded-sm bg-sunken', className)} />;
}

/** Rows of a list that is coming, `height` pixels each. */
export function SkeletonRows({
  count = 8,
  height = 44,
}: {
  readonly count?: number | undefined;
  readonly height?: number | undefined;
}) {
  return (
    <div role="status">
      <span className="sr-only">Loading</span>
      {Array.from({ length: count }, (_, at) => (
        <div key={at} className="flex items-center gap-4 border-b px-4 last:border-0" style={{ height }}>
          <Skeleton className={cx('h-3.5', ['w-40', 'w-56', 'w-32', 'w-48'][at % 4])} />
          <Skeleton className="ml-auto h-3.5 w-16" />
        </div>
      ))}
    </div>
  );
}
