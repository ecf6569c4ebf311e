import { Suspense, useEffect, useEffectEvent, useState, useSyncExternalStore } from 'react';
import { isMac } from './kbd.tsx';
import { lazyPart } from './lazy-part.ts';
import { GENERAL, isChord, type Shortcut, takesText } from './shortcut-keys.ts';

interface Registered extends Shortcut {
  readonly run: (event: KeyboardEvent) => void;
}

const ShortcutList = lazyPart(() => import('./shortcut-list.tsx').then(({ ShortcutList: Part }) => Part));
/** The second key of a sequence has to come within this time. */
const SEQUENCE_MS = 1_200;
const listeners = new Set<() => void>();
let registered: readonly Registered[] = [];
let first: { readonly chord: string; readonly at: number } | null = null;

/**
 * Does `run` when the keys are pressed, while the component is there. Single keys do nothing while one types or a dialog is open. All
 * shortcuts are listed by `?`.
 */
export function useShortcut(
  shortcut: Shortcut & { readonly disabled?: boolean | undefined },
  run: (event: KeyboardEvent) => void,
): void {
  const { keys, label, group, disabled = false } = shortcut;
  const latest = useEffectEvent(run);
  useEffect(() => {
    if (disabled) return undefined;
    const mine: Registered = { keys, label, group, run: (event) => latest(event) };
    change([...registered, mine]);
    return () => change(registered.filter((one) => one !== mine));
  }, [keys, label, group, disabled]);
}

/** Listens for all shortcuts, and shows them by `?`. Once, in the shell. */
export function ShortcutHelp() {
  const [isOpen, setOpen] = useState(false);
  const [wasOpen, setWasOpen] = useState(false);
  useShortcut({ keys: '?', label: 'Show this list', group: GENERAL }, () => {
    setWasOpen(true);
    setOpen(true);
  });
  useEffect(() => {
    window.addEventListener('keydown', press);
    return () => window.removeEventListener('keydown', press);
  }, []);
  const all = useSyncExternalStore(subscribe, () => registered);
  return (
    <Suspense>{wasOpen && <ShortcutList open={isOpen} onClose={() => setOpen(false)} shortcuts={all} />}</Suspense>
  );
}

function press(event: KeyboardEvent): void {
  if (event.defaultPrevented || event.isComposing) return;
  const isSingle = !event.metaKey && !event.ctrlKey;
  if (
    isSingle &&
    (takesText(event.target) ||
      document.querySelector(
        '[role="dialog"]:not([data-toast]),[role="alertdialog"]:not([data-toast]),[role="menu"]',
      ) !== null)
  )
    return;
  const before = first !== null && event.timeStamp - first.at < SEQUENCE_MS ? first.chord : null;
  first = null;
  const is = (chord: string): boolean => isChord(chord, event, isMac());
  // The one registered last is the nearest to what one looks at.
  const found = registered.findLast(({ keys }) => {
    const [one = '', two] = keys.split(' ');
    return two === undefined ? before === null && is(one) : before === one && is(two);
  });
  if (found !== undefined) {
    event.preventDefault();
    found.run(event);
    return;
  }
  const start = registered.find(({ keys }) => keys.includes(' ') && is(keys.split(' ')[0] ?? ''));
  if (start !== undefined) first = { chord: start.keys.split(' ')[0] ?? '', at: event.timeStamp };
}

function change(next: readonly Registered[]): void {
  registered = next;
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => void listeners.delete(listener);
}
