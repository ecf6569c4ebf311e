/** What buttons look like; links that act as buttons share it. One that works on something (`aria-busy`) keeps its colours. */
import { cx } from './class-names.ts';

export type ButtonTone = 'primary' | 'secondary' | 'ghost' | 'danger';
export type ButtonSize = 'sm' | 'md' | 'lg';

const BASE =
  'relative inline-flex shrink-0 items-center justify-center whitespace-nowrap rounded-md font-medium select-none transition-colors duration-100 disabled:cursor-not-allowed aria-busy:cursor-progress aria-disabled:cursor-not-allowed';

const TONES: Readonly<Record<ButtonTone, string>> = {
  primary:
    'bg-accent text-white hover:bg-accent-strong not-aria-busy:disabled:bg-sunken not-aria-busy:disabled:text-faint not-aria-busy:aria-disabled:bg-sunken not-aria-busy:aria-disabled:text-faint',
  secondary:
    'border border-edge/60 bg-surface text-ink hover:border-edge hover:bg-sunken disabled:border-line disabled:bg-surface disabled:text-faint aria-disabled:border-line aria-disabled:text-faint',
  ghost:
    'text-soft hover:bg-hover hover:text-ink disabled:text-faint disabled:hover:bg-transparent aria-disabled:text-faint',
  danger:
    'bg-danger text-white hover:bg-danger-strong not-aria-busy:disabled:bg-sunken not-aria-busy:disabled:text-faint not-aria-busy:aria-disabled:bg-sunken not-aria-busy:aria-disabled:text-faint',
};

const SIZES: Readonly<Record<ButtonSize, string>> = {
  sm: 'h-7 gap-1.5 px-2.5 text-sm',
  md: 'h-8 gap-2 px-3 text-base',
  lg: 'h-10 gap-2 px-4 text-base',
};

const SQUARES: Readonly<Record<ButtonSize, string>> = { sm: 'size-7', md: 'size-8', lg: 'size-10' };

export function buttonLook(tone: ButtonTone, size: ButtonSize, isSquare = false): string {
  return cx(BASE, TONES[tone], isSquare ? cx(SQUARES[size], 'text-base') : SIZES[size]);
}
