import type { ReactNode } from 'react';

export interface PageHeaderProps {
  readonly title: ReactNode;
  /** Small things beside the title: badges, a copyable key. On narrow screens under it. */
  readonly beside?: ReactNode;
  readonly description?: ReactNode;
  /** Links to what lies above, over the title. */
  readonly breadcrumb?: ReactNode;
  /** In the title's line where they leave it room, else under the description. */
  readonly actions?: ReactNode;
}

/** The head of a page: where one is, what it is, what can be done. Its title is the page's only h1. */
export function PageHeader({ title, beside, description, breadcrumb, actions }: PageHeaderProps) {
  return (
    <header className="mb-6 flex flex-col gap-1">
      {breadcrumb !== undefined && (
        <div className="text-sm text-soft [&_a]:rounded-sm [&_a]:text-soft [&_a]:no-underline [&_a:hover]:text-ink [&_a:hover]:underline">
          {breadcrumb}
        </div>
      )}
      <div className="flex flex-wrap items-start justify-between gap-x-4 gap-y-3">
        {/* Its basis is what a title needs at least: wider actions go to a line of their own. */}
        <div className="flex min-w-0 flex-1 basis-44 flex-col gap-1">
          <div className="flex min-h-8 min-w-0 flex-wrap items-center gap-x-3 gap-y-1">
            <h1 className="min-w-0 text-xl font-semibold tracking-tight wrap-anywhere max-sm:basis-full">{title}</h1>
            {beside}
          </div>
          {description !== undefined && <p className="max-w-prose text-soft">{description}</p>}
        </div>
        {actions !== undefined && <div className="flex max-w-full flex-wrap items-center gap-2">{actions}</div>}
      </div>
    </header>
  );
}
