import { plainText } from './plain-text.ts';
import { columns } from './table.ts';

/** A line of a tree; `depth` counts from 0. */
export type TreeLine = TextLine | Row;

interface TextLine {
  readonly depth: number;
  readonly text: string;
}

/** The columns are as wide in the whole tree: something, what was seen of it, and what came of it. */
interface Row {
  readonly depth: number;
  readonly cells: Cells;
}

export type Cells = readonly [subject: string, seen: string, result: string];

/** Characters, indentation included; a row with more gets lines of its own and widens no column. */
const WIDEST_SUBJECT = 60;
const WIDEST_SEEN = 48;

/** The lines, indented by two spaces a depth, fit for a terminal. */
export function treeText(lines: readonly TreeLine[]): string {
  const fitting = lines.flatMap((line): readonly TreeLine[] => (isRow(line) && isTooWide(line) ? split(line) : [line]));
  const aligned = columns(fitting.filter((line) => isRow(line)).map((row) => indented(row)))
    .split('\n')
    .values();
  return fitting
    .map((line) => (isRow(line) ? (aligned.next().value ?? '') : indent(line.depth, plainText(line.text))))
    .map((line) => `${line}\n`)
    .join('');
}

function isRow(line: TreeLine): line is Row {
  return 'cells' in line;
}

function isTooWide(row: Row): boolean {
  const [subject, seen] = indented(row);
  return subject.length > WIDEST_SUBJECT || seen.length > WIDEST_SEEN;
}

function split({ depth, cells: [subject, seen, result] }: Row): readonly TextLine[] {
  return [
    { depth, text: subject },
    { depth: depth + 1, text: seen === '' ? result : `${seen}: ${result}` },
  ];
}

function indented({ depth, cells: [subject, seen, result] }: Row): Cells {
  return [indent(depth, subject), seen, result];
}

function indent(depth: number, text: string): string {
  return '  '.repeat(depth) + text;
}
