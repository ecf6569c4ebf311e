import { cx } from './class-names.ts';

export interface AvatarProps {
  readonly name: string;
  readonly size?: 'sm' | 'md' | undefined;
  /** A ring in the colour of what the person does here. */
  readonly ring?: 'accent' | 'warn' | undefined;
  /** The name is read elsewhere: hide this one from screen readers. */
  readonly decorative?: boolean | undefined;
}

/** A person as initials; the colour follows from the name. */
export function Avatar({ name, size = 'md', ring, decorative = false }: AvatarProps) {
  const hue = hueOf(name);
  return (
    <span
      title={name}
      {...(decorative ? { 'aria-hidden': true } : { role: 'img', 'aria-label': name })}
      className={cx(
        'inline-flex shrink-0 items-center justify-center rounded-full font-semibold select-none',
        size === 'sm' ? 'size-6 text-[0.625rem]' : 'size-8 text-xs',
        ring === 'accent' && 'outline-2 outline-offset-1 outline-accent',
        ring === 'warn' && 'outline-2 outline-offset-1 outline-warn',
      )}
      style={{
        background: `light-dark(oklch(0.92 0.05 ${hue}), oklch(0.36 0.06 ${hue}))`,
        color: `light-dark(oklch(0.38 0.11 ${hue}), oklch(0.92 0.05 ${hue}))`,
      }}
    >
      {initialsOf(name)}
    </span>
  );
}

/** At most two letters. */
export function initialsOf(name: string): string {
  const words = name.split(/[\s@._-]+/).filter((word) => word !== '');
  return [words[0], words.length > 1 ? words.at(-1) : undefined]
    .map((word) => firstLetter(word ?? ''))
    .join('')
    .toUpperCase();
}

/** Degrees on the colour wheel, always the same for the same text. */
export function hueOf(text: string): number {
  let hash = 2_166_136_261;
  for (const letter of text) hash = Math.imul(hash ^ (letter.codePointAt(0) ?? 0), 16_777_619);
  return (hash >>> 0) % 360;
}

/** Whole, also outside of the first 65,536 characters. */
function firstLetter(word: string): string {
  const code = word.codePointAt(0);
  return code === undefined ? '' : String.fromCodePoint(code);
}
