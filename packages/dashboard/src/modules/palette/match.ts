/** Whether typed words are in a text, how well, and which letters of it they are. */

export interface Match {
  /** The lower, the better. */
  readonly rank: number;
  /** Of the text, from and to, in order and apart. */
  readonly ranges: readonly (readonly [from: number, to: number])[];
}

/** Every word has to be somewhere in the text, or in the words that mean the same; null: it is not. */
export function matchText(text: string, query: string, others = ''): Match | null {
  const words = fold(query)
    .split(/\s+/)
    .filter((word) => word !== '');
  const folded = fold(text);
  const rest = fold(others);
  let rank = 0;
  const ranges: (readonly [number, number])[] = [];
  for (const word of words) {
    const at = bestPlace(folded, word);
    if (at >= 0) {
      ranges.push([at, at + word.length]);
      rank += at === 0 ? 0 : isStart(folded, at) ? 1 : 3;
    } else if (rest.includes(word)) rank += 4;
    else return null;
  }
  return { rank: rank + text.length / 1_000, ranges: joined(ranges) };
}

export interface Piece {
  readonly text: string;
  readonly isMatch: boolean;
}

/** The text cut into what matched and what did not. */
export function piecesOf(text: string, ranges: Match['ranges']): readonly Piece[] {
  const pieces: Piece[] = [];
  let at = 0;
  for (const [from, to] of ranges) {
    if (from > at) pieces.push({ text: text.slice(at, from), isMatch: false });
    pieces.push({ text: text.slice(from, to), isMatch: true });
    at = to;
  }
  if (at < text.length) pieces.push({ text: text.slice(at), isMatch: false });
  return pieces;
}

/** Lower case, letter by letter, so that places stay places. */
function fold(text: string): string {
  return Array.from({ length: text.length }, (_, at) => {
    const letter = text[at] ?? '';
    const lower = letter.toLowerCase();
    return lower.length === 1 ? lower : letter;
  }).join('');
}

function bestPlace(text: string, word: string): number {
  const first = text.indexOf(word);
  for (let at = first; at >= 0; at = text.indexOf(word, at + 1)) if (isStart(text, at)) return at;
  return first;
}

function isStart(text: string, at: number): boolean {
  return at === 0 || /[\s._/-]/.test(text[at - 1] ?? '');
}

function joined(ranges: readonly (readonly [number, number])[]): Match['ranges'] {
  const all: (readonly [number, number])[] = [];
  for (const [from, to] of [...ranges].sort((one, other) => one[0] - other[0])) {
    const last = all.at(-1);
    if (last !== undefined && from <= last[1]) all[all.length - 1] = [last[0], Math.max(last[1], to)];
    else all.push([from, to]);
  }
  return all;
}
