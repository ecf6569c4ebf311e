import type { ReactNode } from 'react';

export interface PageHeaderProps {
  readonly title: ReactNode;
  /** Small things beside the title: badges, a copyable key. */
  readonly beside?: ReactNode;
  readonly description?: ReactNode;
  /** Links to what lies above, over the title. */
  readonly breadcrumb?: ReactNode;
  readonly actions?: ReactNode;
}

/** The head of a page: where one is, what it is, what can be done. Its title is the page's only h1. */
export function PageHeader({ title, beside, description, breadcrumb, actions }: PageHeaderProps) {
  return (
    <header className="mb-6 flex flex-col gap-1">
      {breadcrumb !== undefined && <div className="text-sm text-soft">{breadcrumb}</div>}
      <div className="flex flex-wrap items-center justify-between gap-x-6 gap-y-3">
        <div className="flex min-w-0 flex-wrap items-center gap-x-3 gap-y-1">
          <h1 className="min-w-0 text-xl font-semibold tracking-tight wrap-break-word">{title}</h1>
          {beside}
        </div>
        {actions !== undefined && <div className="flex flex-wrap items-center gap-2">{actions}</div>}
      </div>
      {description !== undefined && <p className="max-w-prose text-soft">{description}</p>}
    </header>
  );
}
