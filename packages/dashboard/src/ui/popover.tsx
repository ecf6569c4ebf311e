import { Popover as Base } from '@base-ui/react/popover';
import type { ReactElement, ReactNode } from 'react';
import { cx } from './class-names.ts';

export interface PopoverProps {
  readonly trigger: ReactElement<Record<string, unknown>>;
  /** Its name for screen readers; shown as a small title with `showTitle`. */
  readonly title: string;
  readonly showTitle?: boolean | undefined;
  readonly open?: boolean | undefined;
  readonly onOpenChange?: ((open: boolean) => void) | undefined;
  readonly side?: 'top' | 'bottom' | 'left' | 'right' | undefined;
  readonly align?: 'start' | 'center' | 'end' | undefined;
  readonly className?: string | undefined;
  readonly children: ReactNode;
}

/** A small panel beside what opened it. */
export function Popover({
  trigger,
  title,
  showTitle = false,
  open,
  onOpenChange,
  side = 'bottom',
  align = 'start',
  className,
  children,
}: PopoverProps) {
  return (
    <Base.Root {...(open === undefined ? {} : { open })} onOpenChange={(isOpen) => onOpenChange?.(isOpen)}>
      <Base.Trigger render={trigger} />
      <Base.Portal>
        <Base.Positioner side={side} align={align} sideOffset={6} collisionPadding={8} className="z-50">
          <Base.Popup
            className={cx(
              'pop max-h-(--available-height) w-72 max-w-(--available-width) overflow-y-auto rounded-lg bg-raised p-3 shadow-pop outline-none',
              className,
            )}
          >
            <Base.Title className={showTitle ? 'mb-2 font-semibold' : 'sr-only'}>{title}</Base.Title>
            {children}
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  );
}
