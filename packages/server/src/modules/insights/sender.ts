/**
 * Which of a sender's numbered batches were folded, in bounded space: all up to `foldedTo`, and those in `ahead`.
 * Pure.
 */
export interface SenderProgress {
  readonly foldedTo: number;
  /** Sorted, all above foldedTo + 1 once normalised. */
  readonly ahead: readonly number[];
}

/** Gaps kept open for late batches; beyond it the oldest gaps are given up and stay visible as missing. */
export const MOST_AHEAD = 1_000;

export function isFolded({ foldedTo, ahead }: SenderProgress, sequence: number): boolean {
  return sequence <= foldedTo || ahead.includes(sequence);
}

/** After folding a batch that was not folded before. */
export function fold({ foldedTo, ahead }: SenderProgress, sequence: number): SenderProgress {
  const open = [...ahead, sequence].sort((a, b) => a - b);
  let reached = foldedTo;
  if (open.length > MOST_AHEAD) reached = (open[0] ?? 1) - 1;
  while (open[0] === reached + 1) {
    reached += 1;
    open.shift();
  }
  return { foldedTo: reached, ahead: open };
}
