import { Skeleton } from '../../ui/skeleton.tsx';

/** As large as the page will be. */
export function PageSkeleton() {
  return (
    <div aria-busy="true" aria-label="Loading the flag" role="status">
      <Skeleton className="mb-2 h-4 w-12" />
      <Skeleton className="mb-4 h-7 w-64" />
      <Skeleton className="mb-5 h-5 w-full max-w-xl" />
      <div className="mb-5 flex gap-2">
        <Skeleton className="h-14 w-40" />
        <Skeleton className="h-14 w-40" />
        <Skeleton className="h-14 w-40" />
      </div>
      <EditorSkeleton />
    </div>
  );
}

export function EditorSkeleton() {
  return (
    <div className="flex flex-col gap-6">
      <Skeleton className="h-9 w-80" />
      <Skeleton className="h-20 w-full" />
      <Skeleton className="h-24 w-full" />
      <Skeleton className="h-40 w-full" />
    </div>
  );
}
