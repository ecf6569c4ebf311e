import { Dialog as Base } from '@base-ui/react/dialog';
import { X } from 'lucide-react';
import type { ReactNode } from 'react';
import { buttonLook } from './button-look.ts';
import { cx } from './class-names.ts';
import { BACKDROP } from './dialog.tsx';

export interface DrawerProps {
  readonly open: boolean;
  readonly onClose: () => void;
  readonly title: ReactNode;
  readonly side?: 'left' | 'right' | undefined;
  readonly size?: 'sm' | 'md' | 'lg' | undefined;
  readonly footer?: ReactNode;
  readonly children: ReactNode;
}

const WIDTHS = { sm: 'max-w-72', md: 'max-w-md', lg: 'max-w-3xl' } as const;

/** A panel from the side, for what belongs to the page behind it. */
export function Drawer({ open, onClose, title, side = 'right', size = 'md', footer, children }: DrawerProps) {
  const isLeft = side === 'left';
  return (
    <Base.Root open={open} onOpenChange={(isOpen) => !isOpen && onClose()}>
      <Base.Portal>
        <Base.Backdrop className={BACKDROP} />
        <Base.Viewport className={cx('fixed inset-0 z-40 flex', isLeft ? 'justify-start' : 'justify-end')}>
          <Base.Popup
            className={cx(
              'relative flex h-full w-[calc(100%-3rem)] flex-col bg-raised shadow-pop transition-transform duration-200 ease-out outline-none',
              isLeft
                ? 'data-ending-style:-translate-x-full data-starting-style:-translate-x-full'
                : 'data-ending-style:translate-x-full data-starting-style:translate-x-full',
              WIDTHS[size],
            )}
          >
            <header className="flex h-14 shrink-0 items-center gap-4 border-b pr-14 pl-4">
              <Base.Title className="min-w-0 flex-1 truncate text-md font-semibold">{title}</Base.Title>
            </header>
            <div className="min-h-0 flex-1 overflow-y-auto overscroll-contain p-4">{children}</div>
            {footer !== undefined && (
              <footer className="flex items-center justify-end gap-2 border-t px-4 py-3">{footer}</footer>
            )}
            {/* Last, so that the focus goes to what the drawer is for. */}
            <Base.Close aria-label="Close" className={cx(buttonLook('ghost', 'sm', true), 'absolute! top-3.5 right-3')}>
              <X className="size-4" aria-hidden="true" />
            </Base.Close>
          </Base.Popup>
        </Base.Viewport>
      </Base.Portal>
    </Base.Root>
  );
}
