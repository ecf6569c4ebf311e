/** Colours for a canvas, which knows no custom properties. */
import { useEffect, useState } from 'react';

/** Told apart by whoever sees few colours too: they differ in lightness. */
export const PALETTE: readonly string[] = [
  'light-dark(#5b50e6, #948cff)',
  'light-dark(#0f8a6d, #3fd0a8)',
  'light-dark(#c2570c, #f5a35b)',
  'light-dark(#b4287f, #f08cc8)',
  'light-dark(#1f6fc4, #6fb8ff)',
  'light-dark(#75651a, #d6c25a)',
  'light-dark(#50525c, #b0b2bd)',
  'light-dark(#8a3ffc, #cfa6ff)',
];

/** What a CSS colour comes to on an element. */
export function resolveColour(element: HTMLElement, colour: string): string {
  const before = element.style.color;
  element.style.color = colour;
  const resolved = getComputedStyle(element).color;
  element.style.color = before;
  return resolved;
}

/** Counts up whenever light and dark change places. */
export function useSchemeVersion(): number {
  const [version, setVersion] = useState(0);
  useEffect(() => {
    const next = () => setVersion((current) => current + 1);
    const system = window.matchMedia('(prefers-color-scheme: dark)');
    const choice = new MutationObserver(next);
    system.addEventListener('change', next);
    choice.observe(document.documentElement, { attributeFilter: ['data-theme'] });
    return () => {
      system.removeEventListener('change', next);
      choice.disconnect();
    };
  }, []);
  return version;
}
