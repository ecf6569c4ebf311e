// @ts-check

/**
 * A bench whose parts can be asked for alone: they are measured one after the other.
 *
 * @param {string} describe
 * @param {{ [name: string]: (options: { quick: boolean }) => Promise<import('../../tools/bench.mjs').Figure[]> }} parts
 * @returns {import('../../tools/bench.mjs').Bench}
 */
export function createBenchOfParts(describe, parts) {
  return {
    describe,
    quick: true,
    parts: Object.keys(parts),
    async run({ quick, parts: wanted }) {
      const figures = [];
      for (const part of wanted) figures.push(...((await parts[part]?.({ quick })) ?? []));
      return figures;
    },
  };
}
