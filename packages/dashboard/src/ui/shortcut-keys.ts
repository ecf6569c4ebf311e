/** Which keys a shortcut is, and whether a press is one of them. */
export interface Shortcut {
  /** `mod+k` at once, `g f` one after the other. */
  readonly keys: string;
  readonly label: string;
  readonly group: string;
}

/** The group that stands first in the list. */
export const GENERAL = 'General';

export interface Press {
  readonly key: string;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly altKey: boolean;
  readonly shiftKey: boolean;
}

/** `mod+k`, `shift+x`, `?`, `g`: one chord. `mod` is ⌘ on a Mac and Ctrl elsewhere. */
export function isChord(chord: string, press: Press, isMac: boolean): boolean {
  const parts = chord.split('+');
  const key = parts.at(-1) ?? '';
  const mod = parts.includes('mod');
  const pressedKey = press.key.length === 1 ? press.key.toLowerCase() : press.key.toLowerCase().replace('arrow', '');
  if (pressedKey !== key) return false;
  if ((isMac ? press.metaKey : press.ctrlKey) !== mod) return false;
  if ((isMac ? press.ctrlKey : press.metaKey) || press.altKey !== parts.includes('alt')) return false;
  // A sign such as `?` needs Shift on some keyboards: only letters say whether it counts.
  return !/^[a-z]$/.test(key) || press.shiftKey === parts.includes('shift');
}

/** Whether typing goes into the element, so that single keys are text. */
export function takesText(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target.isContentEditable || target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement)
    return true;
  return (
    target instanceof HTMLInputElement && !['checkbox', 'radio', 'button', 'submit', 'range'].includes(target.type)
  );
}
