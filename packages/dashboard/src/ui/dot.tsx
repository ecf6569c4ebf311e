import type { Tone } from './badge.tsx';
import { cx } from './class-names.ts';

const TONES: Readonly<Record<Tone, string>> = {
  neutral: 'bg-edge',
  accent: 'bg-accent',
  on: 'bg-on',
  warn: 'bg-warn',
  danger: 'bg-danger',
};

export interface DotProps {
  readonly tone?: Tone | undefined;
  /** Degrees on the colour wheel, 0 to 360, instead of a tone. */
  readonly hue?: number | undefined;
  /** A ring instead of a disc. */
  readonly hollow?: boolean | undefined;
  /** Breathes: something is going on. */
  readonly pulse?: boolean | undefined;
}

/** A spot of colour. It says nothing by itself: put words beside it. */
export function Dot({ tone = 'neutral', hue, hollow = false, pulse = false }: DotProps) {
  const colour = hue === undefined ? undefined : `light-dark(oklch(0.6 0.15 ${hue}), oklch(0.72 0.13 ${hue}))`;
  return (
    <span
      aria-hidden="true"
      className={cx(
        'inline-block size-2 shrink-0 rounded-full',
        colour === undefined && !hollow && TONES[tone],
        hollow && 'border-2 border-edge',
        pulse && 'shimmer',
      )}
      style={colour === undefined ? undefined : hollow ? { borderColor: colour } : { background: colour }}
    />
  );
}
