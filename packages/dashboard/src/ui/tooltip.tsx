import {
  cloneElement,
  type KeyboardEvent,
  type PointerEvent,
  type ReactElement,
  type SyntheticEvent,
  useEffect,
  useRef,
  useState,
} from 'react';
import { latePart } from './late-part.tsx';

const Popup = latePart(() => import('./tooltip-popup.tsx').then(({ TooltipPopup }) => TooltipPopup));

export interface TooltipProps {
  readonly text: string;
  /** Keys that do the same, such as `g f`. */
  readonly keys?: string | undefined;
  readonly side?: 'top' | 'bottom' | 'left' | 'right' | undefined;
  /** One element that takes the pointer and the focus. */
  readonly children: ReactElement<Record<string, unknown>>;
}

const DELAY_MS = 500;
/** For the way from the element to the words. */
const LEAVING_MS = 120;

/**
 * A few words beside what the pointer or the focus is on. Never the only place where something is said. What floats is made when it is
 * first shown: a page has dozens of these.
 */
export function Tooltip({ text, keys, side = 'top', children }: TooltipProps) {
  const [anchor, setAnchor] = useState<Element | null>(null);
  const [isOpen, setOpen] = useState(false);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);
  const later = (ms: number, run: () => void): void => {
    clearTimeout(timer.current);
    timer.current = setTimeout(run, ms);
  };
  const open = (element: Element): void => {
    clearTimeout(timer.current);
    setAnchor(element);
    setOpen(true);
  };
  const close = (): void => {
    clearTimeout(timer.current);
    setOpen(false);
  };
  const leave = (): void => later(LEAVING_MS, close);
  const trigger = cloneElement(children, {
    onPointerEnter: both(children.props['onPointerEnter'], ({ currentTarget, pointerType }: PointerEvent) => {
      if (pointerType !== 'touch') later(DELAY_MS, () => open(currentTarget));
    }),
    onPointerLeave: both(children.props['onPointerLeave'], leave),
    onPointerDown: both(children.props['onPointerDown'], close),
    onFocus: both(children.props['onFocus'], ({ currentTarget }: SyntheticEvent) => {
      if (currentTarget.matches(':focus-visible')) open(currentTarget);
    }),
    onBlur: both(children.props['onBlur'], close),
    onKeyDown: both(children.props['onKeyDown'], ({ key }: KeyboardEvent) => {
      if (key === 'Enter' || key === ' ') close();
    }),
  });
  return (
    <>
      {trigger}
      {anchor !== null && (
        <Popup
          text={text}
          keys={keys}
          side={side}
          anchor={anchor}
          open={isOpen}
          onClose={close}
          onEnter={() => clearTimeout(timer.current)}
          onLeave={leave}
        />
      )}
    </>
  );
}

/** What the element does itself, and then what the tooltip does. */
function both<Event extends SyntheticEvent>(own: unknown, run: (event: Event) => void): (event: Event) => void {
  return (event) => {
    if (typeof own === 'function') own(event);
    run(event);
  };
}
