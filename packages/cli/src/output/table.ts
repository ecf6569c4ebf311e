import Table from 'cli-table3';
import { plainText } from './plain-text.ts';

/** A cell; `style` colours it after its text has been made fit for a terminal. */
export type Cell = string | { readonly text: string; readonly style: (text: string) => string };

const NO_LINES = {
  top: '',
  'top-mid': '',
  'top-left': '',
  'top-right': '',
  bottom: '',
  'bottom-mid': '',
  'bottom-left': '',
  'bottom-right': '',
  left: '',
  'left-mid': '',
  mid: '',
  'mid-mid': '',
  right: '',
  'right-mid': '',
  middle: '  ',
} as const;

/** Aligned columns without lines; empty text when there are no rows. */
export function table(
  head: readonly string[],
  rows: readonly (readonly Cell[])[],
  headStyle: (text: string) => string,
): string {
  return rows.length === 0 ? '' : align([head.map((text) => ({ text, style: headStyle })), ...rows]);
}

/** `name  value` lines. */
export function list(
  pairs: readonly (readonly [name: string, value: Cell])[],
  nameStyle: (text: string) => string,
): string {
  return align(pairs.map(([name, value]) => [{ text: name, style: nameStyle }, value]));
}

/** Aligned columns without lines or head. */
export function columns(rows: readonly (readonly Cell[])[]): string {
  return rows.length === 0 ? '' : align(rows);
}

function align(rows: readonly (readonly Cell[])[]): string {
  const aligned = new Table({
    chars: NO_LINES,
    style: { 'padding-left': 0, 'padding-right': 0, head: [], border: [], compact: true },
  });
  for (const row of rows) aligned.push(row.map((cell) => render(cell)));
  return aligned
    .toString()
    .split('\n')
    .map((line) => `${line.trimEnd()}\n`)
    .join('');
}

function render(cell: Cell): string {
  return typeof cell === 'string' ? plainText(cell) : cell.style(plainText(cell.text));
}
