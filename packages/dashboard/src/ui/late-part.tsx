import { type ComponentType, type ReactNode, useEffect, useSyncExternalStore } from 'react';
import { loadFromServer } from './lazy-part.ts';

/** Later than this nobody waits for a page that is slow to come. */
const LONGEST_MS = 2_000;

let tell = (): void => {};
const isDrawn = new Promise<void>((resolve) => {
  tell = resolve;
  setTimeout(resolve, LONGEST_MS);
});

/** Says that what people came for is in the document: what is left can be loaded now. */
export function tellDrawn(): void {
  requestAnimationFrame(() => setTimeout(tell));
}

/**
 * A part of the page that can wait until what people came for is drawn, such as menus: it would only make them wait for that
 * longer. Meanwhile something of its size stands there, which cannot be operated. Unlike Suspense, it comes as soon as it is
 * there, not at the pace of the others.
 */
export function latePart<Props extends object>(
  load: () => Promise<ComponentType<Props>>,
  meanwhile: ReactNode = null,
): ComponentType<Props> {
  let part: ComponentType<Props> | null = null;
  let loading: Promise<void> | null = null;
  const listeners = new Set<() => void>();
  const begin = (): void => {
    loading ??= isDrawn
      .then(() => loadFromServer(load))
      .then((loaded) => {
        part = loaded;
        for (const listener of listeners) listener();
      });
  };
  const subscribe = (listener: () => void): (() => void) => {
    listeners.add(listener);
    return () => void listeners.delete(listener);
  };
  return function Late(props: Props) {
    const Part = useSyncExternalStore(subscribe, () => part);
    useEffect(begin, []);
    return Part === null ? meanwhile : <Part {...props} />;
  };
}
