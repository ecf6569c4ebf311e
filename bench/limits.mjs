// @ts-check
import { TokenBuckets } from '@flaghoist/runtime/limits';
import { RateLimiterMemory } from 'rate-limiter-flexible';
import { measureHeaders } from './limits/header-cost.mjs';
import { progress } from './measure/progress.mjs';
import { median, rounded } from './measure/statistics.mjs';

const KEYS = Array.from({ length: 100 }, (_, i) => `key${1e9 + i}`);
const ADDRESSES = Array.from({ length: 100_000 }, (_, i) => `10.${i >> 16}.${(i >> 8) & 255}.${i & 255}`);
const TURNS = 15;
const CHECKS = 200_000;
/** What the design's daily peak asks of one core. */
const PEAK = 36_000;
/** A hundredth of such a request: 1 s / 36,000 / 100. */
const GOAL_NS = 278;
const QUOTA = { requests: 5_000, windowMs: 1_000 };

export default {
  describe: `what the check of a token bucket costs a request, beside rate-limiter-flexible, and what telling of it costs: the best of ${TURNS} turns`,
  run: measure,
};

async function measure() {
  progress('checks, in turns');
  const few = new TokenBuckets(10_000);
  const many = new TokenBuckets(50_000);
  const library = new RateLimiterMemory({ points: 1e9, duration: 1 });
  /** @type {Record<'few' | 'many' | 'library', number[]>} */
  const times = { few: [], many: [], library: [] };
  for (let turn = -3; turn < TURNS; turn++) {
    const found = {
      few: timed(() => few.take(KEYS[turnOf(KEYS)] ?? '', Date.now(), QUOTA)),
      many: timed(() => many.take(ADDRESSES[turnOf(ADDRESSES)] ?? '', Date.now(), QUOTA)),
      library: await timedLater(() => library.consume(KEYS[turnOf(KEYS)] ?? '')),
    };
    if (turn < 0) continue;
    for (const name of /** @type {const} */ (['few', 'many', 'library'])) times[name].push(found[name]);
  }
  progress('answers without and with RateLimit headers, in turns');
  const answers = await measureHeaders({ turns: TURNS, requests: 6_400 });
  // Noise only adds.
  const ns = (/** @type {readonly number[]} */ values) => rounded(Math.min(...values));
  return [
    {
      name: 'check of one of 100 keys',
      value: ns(times.few),
      unit: 'ns',
      floor: GOAL_NS,
      peers: { 'rate-limiter-flexible': ns(times.library) },
    },
    { name: 'check of one of 100,000 addresses, 50,000 of them kept', value: ns(times.many), unit: 'ns' },
    {
      name: `share of a core at ${PEAK} checks a second`,
      value: rounded((Math.min(...times.few) * PEAK) / 1e7),
      unit: '%',
    },
    { name: 'bytes allocated by a check', value: rounded(allocatedBy(few)), unit: 'bytes' },
    {
      name: 'an answer over node:http with RateLimit headers',
      value: ns(answers.told),
      unit: 'ns',
      peers: { bare: ns(answers.plain) },
    },
  ];
}

let at = 0;

/** @param {readonly string[]} names */
function turnOf(names) {
  at = (at + 1) % names.length;
  return at;
}

/** @param {() => unknown} check */
function timed(check) {
  const began = performance.now();
  for (let i = 0; i < CHECKS; i++) check();
  return ((performance.now() - began) * 1e6) / CHECKS;
}

/** @param {() => Promise<unknown>} check */
async function timedLater(check) {
  const began = performance.now();
  for (let i = 0; i < CHECKS; i++) await check();
  return ((performance.now() - began) * 1e6) / CHECKS;
}

/** Of a run so short that nothing is collected meanwhile. @param {TokenBuckets} buckets */
function allocatedBy(buckets) {
  const samples = Array.from({ length: 9 }, () => {
    const before = process.memoryUsage().heapUsed;
    for (let i = 0; i < 20_000; i++) buckets.take(KEYS[i % 100] ?? '', 1e12, QUOTA);
    return (process.memoryUsage().heapUsed - before) / 20_000;
  });
  return Math.max(0, median(samples));
}
