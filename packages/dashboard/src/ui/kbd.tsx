import { cx } from './class-names.ts';

const NAMES: Readonly<Record<string, string>> = {
  shift: '⇧',
  enter: '↵',
  escape: 'Esc',
  up: '↑',
  down: '↓',
  left: '←',
  right: '→',
  alt: '⌥',
};

/** Keys to press: `mod+k` at once, `g f` one after the other. `mod` is ⌘ on a Mac and Ctrl elsewhere. */
export function Kbd({ keys, inverse = false }: { readonly keys: string; readonly inverse?: boolean | undefined }) {
  return (
    <span className="inline-flex items-center gap-1">
      {keys.split(' ').map((chord) => (
        <kbd
          key={chord}
          className={cx(
            'rounded-sm border px-1 font-sans text-xs leading-4 nums',
            inverse ? 'border-surface/40' : 'border-line bg-sunken text-soft',
          )}
        >
          {chord
            .split('+')
            .map(keyName)
            .join(isMac() ? '' : ' ')}
        </kbd>
      ))}
    </span>
  );
}

export function isMac(): boolean {
  return /Mac|iPhone|iPad/.test(navigator.userAgent);
}

function keyName(key: string): string {
  if (key === 'mod') return isMac() ? '⌘' : 'Ctrl';
  return NAMES[key] ?? (key.length === 1 ? key.toUpperCase() : key);
}
