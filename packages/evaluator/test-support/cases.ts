/** How many cases the long property tests try: `CASES=1000000 npm run prove` tries more, `SEED=n` repeats a run. */

/** At least so many evaluations in each of them. */
export const CASES = Number(process.env['CASES'] ?? 50_000);

const SEED = process.env['SEED'];

/** For `fc.assert`, of a property that makes `each` evaluations a run. A failure prints its seed and smallest case. */
export function casesOf(each: number): { readonly numRuns: number; readonly seed?: number } {
  return { numRuns: Math.ceil(CASES / each), ...(SEED === undefined ? {} : { seed: Number(SEED) }) };
}

/** Milliseconds that so many cases may take on a machine that is busy with others. */
export const CASES_TIMEOUT_MS = 60_000 + CASES * 2;
