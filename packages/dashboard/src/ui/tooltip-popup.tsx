import { Tooltip as Base } from '@base-ui/react/tooltip';
import { Kbd } from './kbd.tsx';

export interface TooltipPopupProps {
  readonly text: string;
  readonly keys: string | undefined;
  readonly side: 'top' | 'bottom' | 'left' | 'right';
  /** What it stands beside. */
  readonly anchor: Element;
  readonly open: boolean;
  /** Escape was pressed. */
  readonly onClose: () => void;
  /** The pointer is on the words themselves. */
  readonly onEnter: () => void;
  readonly onLeave: () => void;
}

/** The words of a tooltip, above the page. */
export function TooltipPopup({ text, keys, side, anchor, open, onClose, onEnter, onLeave }: TooltipPopupProps) {
  return (
    <Base.Root open={open} onOpenChange={(isOpen) => !isOpen && onClose()}>
      <Base.Portal>
        <Base.Positioner anchor={anchor} side={side} sideOffset={6} className="z-50">
          <Base.Popup
            onPointerEnter={onEnter}
            onPointerLeave={onLeave}
            className="pop flex max-w-72 items-center gap-2 rounded-md bg-ink px-2 py-1 text-xs text-surface"
          >
            {text}
            {keys !== undefined && <Kbd keys={keys} inverse />}
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  );
}
