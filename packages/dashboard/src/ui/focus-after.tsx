import { useEffect } from 'react';

/**
 * Stands in what may vanish under the hands that operate it, such as a bar with the button that sends it away: the page gets the
 * focus then, instead of nobody, and Tab goes on from there.
 */
export function FocusAfter(): null {
  useEffect(
    () => () => {
      // Whoever has something better to focus does so at once.
      requestAnimationFrame(() => {
        const at = document.activeElement;
        if (at === null || at === document.body) document.getElementById('page')?.focus({ preventScroll: true });
      });
    },
    [],
  );
  return null;
}
