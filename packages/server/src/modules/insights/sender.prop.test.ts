import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fold, isFolded, MOST_AHEAD, type SenderProgress } from './sender.ts';

const NOTHING: SenderProgress = { foldedTo: 0, ahead: [] };

/** As a worker does: what was folded before is left out. Answers what was folded, in order. */
function receive(sequences: readonly number[]): {
  readonly progress: SenderProgress;
  readonly folded: readonly number[];
} {
  let progress = NOTHING;
  const folded: number[] = [];
  for (const sequence of sequences) {
    if (isFolded(progress, sequence)) continue;
    progress = fold(progress, sequence);
    folded.push(sequence);
  }
  return { progress, folded };
}

const shuffled = <T>(items: readonly T[]): fc.Arbitrary<T[]> =>
  fc.shuffledSubarray([...items], { minLength: items.length, maxLength: items.length });

/** 1 to n, some of them several times, in any order. */
const withDuplicates = (most: number): fc.Arbitrary<{ readonly n: number; readonly order: readonly number[] }> =>
  fc.integer({ min: 1, max: most }).chain((n) =>
    fc
      .array(fc.integer({ min: 1, max: n }), { maxLength: n })
      .chain((again) => shuffled([...Array.from({ length: n }, (_, i) => i + 1), ...again]))
      .map((order) => ({ n, order })),
  );

describe('the progress of a sender', () => {
  it('folds each number exactly once, whatever the order and the repetitions', () => {
    fc.assert(
      fc.property(withDuplicates(400), ({ n, order }) => {
        const { progress, folded } = receive(order);
        expect(folded.length).toBe(n);
        expect(new Set(folded).size).toBe(n);
        expect(progress).toEqual({ foldedTo: n, ahead: [] });
      }),
    );
  });

  it('knows exactly the numbers that came, while no more than it can keep are missing', () => {
    const arrivals = fc.array(fc.integer({ min: 1, max: 900 }), { maxLength: 1_200 });
    fc.assert(
      fc.property(arrivals, (order) => {
        const { progress, folded } = receive(order);
        expect([...folded].sort((a, b) => a - b)).toEqual([...new Set(order)].sort((a, b) => a - b));
        for (let sequence = 1; sequence <= 901; sequence++)
          expect(isFolded(progress, sequence)).toBe(order.includes(sequence));
      }),
      { numRuns: 30 },
    );
  });

  it('keeps a bounded list in order, never goes back, and never folds twice, however many are missing', () => {
    const sparse = fc.integer({ min: 1, max: 50 }).chain((step) =>
      fc
        .integer({ min: MOST_AHEAD, max: 3 * MOST_AHEAD })
        .chain((n) => shuffled(Array.from({ length: n }, (_, i) => (i + 1) * step)))
        .chain((order) => fc.constantFrom(order, [...order, ...order])),
    );
    fc.assert(
      fc.property(sparse, (order) => {
        let progress = NOTHING;
        const folded = new Set<number>();
        for (const sequence of order) {
          if (isFolded(progress, sequence)) continue;
          expect(folded.has(sequence)).toBe(false);
          folded.add(sequence);
          const next = fold(progress, sequence);
          expect(next.foldedTo).toBeGreaterThanOrEqual(progress.foldedTo);
          expect(next.ahead.length).toBeLessThanOrEqual(MOST_AHEAD);
          expect(isFolded(next, sequence)).toBe(true);
          progress = next;
        }
        const { foldedTo, ahead } = progress;
        expect(ahead).toEqual([...new Set(ahead)].sort((a, b) => a - b));
        expect(ahead.every((sequence) => sequence > foldedTo + 1)).toBe(true);
        for (const sequence of order) expect(isFolded(progress, sequence)).toBe(true);
      }),
      { numRuns: 15 },
    );
  });

  it('folds the greatest number there can be', () => {
    const { progress } = receive([Number.MAX_SAFE_INTEGER, 1, 2]);
    expect(progress).toEqual({ foldedTo: 2, ahead: [Number.MAX_SAFE_INTEGER] });
  });
});
