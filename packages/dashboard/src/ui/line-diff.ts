/** The lines that differ between two texts. */
export interface DiffLine {
  readonly kind: 'same' | 'removed' | 'added';
  readonly text: string;
  /** Counted from 1; null on the side that does not have it. */
  readonly before: number | null;
  readonly after: number | null;
}

/** A part of the differences with a few lines around it; `skipped` lines stand before it. */
export interface Hunk {
  readonly skipped: number;
  readonly lines: readonly DiffLine[];
}

/** Beyond this many cells the middle is told as removed and added whole: it would take seconds. */
const MOST_CELLS = 4_000_000;

/** All lines of both, by a longest common subsequence. */
export function diffLines(before: string, after: string): readonly DiffLine[] {
  const a = linesOf(before);
  const b = linesOf(after);
  let start = 0;
  while (start < a.length && start < b.length && a[start] === b[start]) start += 1;
  let end = 0;
  while (end < a.length - start && end < b.length - start && a[a.length - 1 - end] === b[b.length - 1 - end]) end += 1;
  const kinds: DiffLine['kind'][] = [
    ...Array.from({ length: start }, () => 'same' as const),
    ...middle(a.slice(start, a.length - end), b.slice(start, b.length - end)),
    ...Array.from({ length: end }, () => 'same' as const),
  ];
  let i = 0;
  let j = 0;
  return kinds.map((kind) => {
    const text = (kind === 'added' ? b[j] : a[i]) ?? '';
    if (kind !== 'added') i += 1;
    if (kind !== 'removed') j += 1;
    return { kind, text, before: kind === 'added' ? null : i, after: kind === 'removed' ? null : j };
  });
}

/** Leaves out what is the same, but for `around` lines beside each difference. */
export function hunksOf(
  lines: readonly DiffLine[],
  around = 3,
): { readonly hunks: readonly Hunk[]; readonly rest: number } {
  const isNear = lines.map(() => false);
  lines.forEach((line, at) => {
    if (line.kind === 'same') return;
    for (let near = Math.max(0, at - around); near <= Math.min(lines.length - 1, at + around); near += 1)
      isNear[near] = true;
  });
  const hunks: Hunk[] = [];
  let skipped = 0;
  let open: DiffLine[] | null = null;
  lines.forEach((line, at) => {
    if (isNear[at] !== true) {
      skipped += 1;
      open = null;
      return;
    }
    if (open === null) {
      open = [];
      hunks.push({ skipped, lines: open });
      skipped = 0;
    }
    open.push(line);
  });
  return { hunks, rest: skipped };
}

/** Indented JSON; empty for what is not there. */
export function jsonText(value: unknown): string {
  return value === undefined || value === null ? '' : JSON.stringify(value, null, 2);
}

function linesOf(text: string): readonly string[] {
  return text === '' ? [] : text.replace(/\n$/, '').split('\n');
}

function middle(a: readonly string[], b: readonly string[]): DiffLine['kind'][] {
  if (a.length * b.length > MOST_CELLS) return [...a.map(() => 'removed' as const), ...b.map(() => 'added' as const)];
  const width = b.length + 1;
  // lengths[i * width + j]: the longest common subsequence of a from i on and b from j on.
  const lengths = new Uint32Array((a.length + 1) * width);
  const at = (i: number, j: number): number => lengths[i * width + j] ?? 0;
  for (let i = a.length - 1; i >= 0; i -= 1)
    for (let j = b.length - 1; j >= 0; j -= 1)
      lengths[i * width + j] = a[i] === b[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
  const kinds: DiffLine['kind'][] = [];
  let i = 0;
  let j = 0;
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && a[i] === b[j]) {
      kinds.push('same');
      i += 1;
      j += 1;
    } else if (i < a.length && (j === b.length || at(i + 1, j) >= at(i, j + 1))) {
      kinds.push('removed');
      i += 1;
    } else {
      kinds.push('added');
      j += 1;
    }
  }
  return kinds;
}
