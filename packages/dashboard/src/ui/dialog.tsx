import { Dialog as Base } from '@base-ui/react/dialog';
import { X } from 'lucide-react';
import type { ReactNode, RefObject } from 'react';
import { buttonLook } from './button-look.ts';
import { cx } from './class-names.ts';

export interface DialogProps {
  readonly open: boolean;
  readonly onClose: () => void;
  readonly title: ReactNode;
  readonly description?: ReactNode;
  /** Buttons; the one that does it comes last. */
  readonly footer?: ReactNode;
  readonly size?: 'sm' | 'md' | 'lg' | 'xl' | undefined;
  /** What gets the focus; the first thing that can be operated when absent. */
  readonly initialFocus?: RefObject<HTMLElement | null> | undefined;
  /** Clicking beside it does not close it: something would be lost. */
  readonly sticky?: boolean | undefined;
  readonly children?: ReactNode;
}

const WIDTHS = { sm: 'sm:max-w-sm', md: 'sm:max-w-lg', lg: 'sm:max-w-2xl', xl: 'sm:max-w-5xl' } as const;
export const BACKDROP =
  'fixed inset-0 z-40 bg-[#08090c]/40 transition-opacity duration-150 data-ending-style:opacity-0 data-starting-style:opacity-0 dark:bg-[#000]/60';

/** A question or a form above the page. Escape closes it, and the focus returns to where it was. */
export function Dialog({
  open,
  onClose,
  title,
  description,
  footer,
  size = 'md',
  initialFocus,
  sticky = false,
  children,
}: DialogProps) {
  return (
    <Base.Root open={open} onOpenChange={(isOpen) => !isOpen && onClose()} disablePointerDismissal={sticky}>
      <Base.Portal>
        <Base.Backdrop className={BACKDROP} />
        <Base.Viewport className="fixed inset-0 z-40 flex items-end justify-center sm:items-start sm:p-6 sm:pt-[10dvh]">
          <Base.Popup
            {...(initialFocus === undefined ? {} : { initialFocus })}
            className={cx(
              'pop relative flex max-h-[92dvh] w-full flex-col rounded-t-xl bg-raised shadow-pop outline-none sm:max-h-[80dvh] sm:rounded-xl',
              WIDTHS[size],
            )}
          >
            <header className="px-5 pt-4 pr-12 pb-3">
              <div className="min-w-0">
                <Base.Title className="text-md font-semibold">{title}</Base.Title>
                {description !== undefined && (
                  <Base.Description className="mt-1 text-soft">{description}</Base.Description>
                )}
              </div>
            </header>
            {children !== undefined && (
              <div className="min-h-0 flex-1 overflow-y-auto overscroll-contain px-5 pt-1 pb-5">{children}</div>
            )}
            {footer !== undefined && (
              <footer className="flex flex-wrap items-center justify-end gap-2 border-t px-5 py-3">{footer}</footer>
            )}
            {/* Last, so that the focus goes to what the dialog is for. */}
            <Base.Close aria-label="Close" className={cx(buttonLook('ghost', 'sm', true), 'absolute! top-3.5 right-3')}>
              <X className="size-4" aria-hidden="true" />
            </Base.Close>
          </Base.Popup>
        </Base.Viewport>
      </Base.Portal>
    </Base.Root>
  );
}
