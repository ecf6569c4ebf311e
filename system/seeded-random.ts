/** Randomness that can be had again. */

/** `SEED` of the environment, else a new one. Print it: a run with the same seed takes the same decisions. */
export function chooseSeed(): number {
  const given = process.env['SEED'];
  const seed = given === undefined ? Math.floor(Math.random() * 2 ** 32) : Number(given);
  if (!Number.isInteger(seed) || seed < 0) throw new Error(`SEED must be a whole number from 0, not ${given}`);
  return seed;
}

/** Numbers in [0, 1): Marsaglia's xorshift32 (2003), whose state must not be 0. */
export function createRandom(seed: number): () => number {
  let state = (seed ^ 0x9e3779b9) >>> 0 || 1;
  return () => {
    state ^= state << 13;
    state >>>= 0;
    state ^= state >>> 17;
    state ^= state << 5;
    state >>>= 0;
    return state / 2 ** 32;
  };
}

/** `count` different whole numbers from 1 to `most`, in order. */
export function pick(random: () => number, count: number, most: number): ReadonlySet<number> {
  const picked = new Set<number>();
  while (picked.size < count) picked.add(1 + Math.floor(random() * most));
  return new Set([...picked].sort((a, b) => a - b));
}
