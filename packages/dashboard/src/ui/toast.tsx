import { Suspense, useEffect, useState } from 'react';
import { lazyPart, loadFromServer } from './lazy-part.ts';
import type { ToastText } from './toast-text.ts';
import type * as View from './toast-view.tsx';

export type { ToastText } from './toast-text.ts';

/** The corner is loaded a moment after the page, so that it costs the first drawing nothing. */
const LOADED_AFTER_MS = 1_500;
let loading: Promise<typeof View> | null = null;
let wake = (): void => {};
let ready = (): void => {};
const isReady = new Promise<void>((resolve) => {
  ready = resolve;
});

const ToastView = lazyPart(() => load().then(({ ToastView: Part }) => Part));

/**
 * Tells that something has happened, in a corner, aloud too. May be called from anywhere. Failures of a form belong into the form.
 *
 * @returns Closes it.
 */
export function showToast(text: ToastText): () => void {
  let isClosed = false;
  let close = (): void => {
    isClosed = true;
  };
  wake();
  void Promise.all([load(), isReady]).then(([{ addToast }]) => {
    if (!isClosed) close = addToast(text);
  });
  return () => close();
}

/** Where toasts appear; once. */
export function Toasts() {
  const [isWanted, setWanted] = useState(false);
  useEffect(() => {
    wake = () => setWanted(true);
    const timer = setTimeout(wake, LOADED_AFTER_MS);
    return () => clearTimeout(timer);
  }, []);
  return <Suspense>{isWanted && <ToastView onReady={ready} />}</Suspense>;
}

function load(): Promise<typeof View> {
  loading ??= loadFromServer(() => import('./toast-view.tsx'));
  return loading;
}
