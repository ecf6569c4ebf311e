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

/** Tells it from a page that says itself when it is there: `StaticDataRouteOption.tellsDrawn`. */
export function useDrawn(isDrawn: boolean): void {
  useEffect(() => {
    if (isDrawn) tellDrawn();
  }, [isDrawn]);
}

/** Safari has no idle callbacks. */
const whenIdle: (run: () => void) => void =
  typeof requestIdleCallback === 'function'
    ? (run) => void requestIdleCallback(run, { timeout: LONGEST_MS })
    : (run) => void setTimeout(run, 200);

/**
 * Loads what is likely to be wanted next, one after the other, once what people came for is in the document and the browser has
 * nothing better to do. What cannot be loaded is loaded when it is wanted.
 */
export async function loadAhead(loads: readonly (() => Promise<unknown>)[]): Promise<void> {
  await isDrawn;
  for (const load of loads) {
    await new Promise<void>(whenIdle);
    await load().catch(() => undefined);
  }
}

/**
 * A part of the page that can wait until what people came for is drawn, such as menus: it would only make them wait for that
 * longer. Meanwhile something of its size stands there, which cannot be operated (`inert` where it looks as if it could). Unlike
 * Suspense, it comes as soon as it is there, not at the pace of the others.
 */
export function latePart<Props extends object>(
  load: () => Promise<ComponentType<Props>>,
  meanwhile: ReactNode | ((props: Props) => ReactNode) = null,
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
    if (Part !== null) return <Part {...props} />;
    return typeof meanwhile === 'function' ? meanwhile(props) : meanwhile;
  };
}
