// @ts-check
import { measureBurst } from './fleet/burst.mjs';
import { measureFleetLatency } from './fleet/latency.mjs';

/** @type {{ [name: string]: (options: { quick: boolean }) => Promise<import('../tools/bench.mjs').Figure[]> }} */
const PARTS = { latency: measureFleetLatency, burst: measureBurst };

export default {
  describe: 'how fast a fleet over PostgreSQL and three NATS servers has a change, and many of them',
  quick: true,
  parts: Object.keys(PARTS),
  /** @param {{ quick: boolean; parts: readonly string[] }} options */
  async run({ quick, parts }) {
    const figures = [];
    for (const part of parts) figures.push(...((await PARTS[part]?.({ quick })) ?? []));
    return figures;
  },
};
