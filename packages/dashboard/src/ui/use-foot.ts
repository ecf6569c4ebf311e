import { type RefObject, useEffect } from 'react';

/**
 * Makes room at the foot of the page for a bar that stays in sight there: notes in the corner stand above it, not on its buttons. Give
 * the bar's frame, and whether it is there.
 */
export function useFoot(bar: RefObject<HTMLElement | null>, isShown = true): void {
  useEffect(() => {
    const element = bar.current;
    if (!isShown || element === null) return undefined;
    const root = document.documentElement.style;
    const observer = new ResizeObserver(() => root.setProperty('--foot', `${element.offsetHeight}px`));
    observer.observe(element);
    return () => {
      observer.disconnect();
      root.removeProperty('--foot');
    };
  }, [bar, isShown]);
}
