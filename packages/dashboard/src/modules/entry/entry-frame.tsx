import type { ReactNode } from 'react';
import { cx } from '../../ui/class-names.ts';

export interface EntryFrameProps {
  readonly title: string;
  readonly description?: ReactNode;
  /** Under the card, quiet. */
  readonly footer?: ReactNode;
  readonly wide?: boolean | undefined;
  readonly children?: ReactNode;
}

/** What the pages before one is signed in share: the program's sign, one title, one card. */
export function EntryFrame({ title, description, footer, wide = false, children }: EntryFrameProps) {
  return (
    <div className="flex min-h-dvh flex-col items-center px-4 py-8 sm:pt-[14dvh]">
      <div className={cx('w-full', wide ? 'max-w-lg' : 'max-w-sm')}>
        <p className="mb-8 flex items-center gap-2.5 font-semibold">
          <Sign />
          Flaghoist
        </p>
        <h1 className="text-xl font-semibold tracking-tight text-balance">{title}</h1>
        {description !== undefined && <div className="mt-1.5 text-pretty text-soft">{description}</div>}
        {children !== undefined && <div className="mt-6 flex flex-col gap-5">{children}</div>}
      </div>
      {footer !== undefined && <div className="mt-auto pt-12 text-sm text-faint">{footer}</div>}
    </div>
  );
}

function Sign() {
  return (
    <span aria-hidden="true" className="flex size-7 items-center justify-center rounded-lg bg-accent text-white">
      <svg
        viewBox="8 5 17 22"
        fill="none"
        stroke="currentColor"
        strokeWidth="2.6"
        strokeLinecap="round"
        strokeLinejoin="round"
        className="h-4.5"
      >
        <path d="M10 25V7M10 8.5h13l-3.4 5 3.4 5H10" />
      </svg>
    </span>
  );
}
