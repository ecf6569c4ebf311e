// @ts-check
import { measureLatency } from './delivery/latency.mjs';
import { measureRequests } from './delivery/requests.mjs';
import { measureRestart } from './delivery/restart.mjs';
import { measureStreams } from './delivery/streams.mjs';

/** @type {{ [name: string]: (options: { quick: boolean }) => Promise<import('../tools/bench.mjs').Figure[]> }} */
const PARTS = { requests: measureRequests, streams: measureStreams, latency: measureLatency, restart: measureRestart };

export default {
  describe: 'how fast and to how many an edge delivers, beside bare servers',
  quick: true,
  parts: Object.keys(PARTS),
  /** @param {{ quick: boolean; parts: readonly string[] }} options */
  async run({ quick, parts }) {
    const figures = [];
    for (const part of parts) figures.push(...((await PARTS[part]?.({ quick })) ?? []));
    return figures;
  },
};
