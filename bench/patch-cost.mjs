// @ts-check
import { createHash } from 'node:crypto';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { serveEnvironment } from './environment/served-environment.mjs';
import { progress } from './measure/progress.mjs';
import { median, rounded } from './measure/statistics.mjs';
import { createCountingSha256 } from './patch-cost/counting-sha256.mjs';
import { busyFor } from './patch-cost/loop-time.mjs';
import { withFolder } from './process/at-end.mjs';
import { startChild } from './process/child.mjs';

const FLAGS = 10_000;
const CHANGES = 200;
const WARMUP = 20;
/** Between two changes: what the collector and the timers of the edge do in between is theirs. */
const PAUSE_MS = 15;
const GOALS = { bytesOverFlag: 500, loopMs: 10 };
const FOLLOWER = fileURLToPath(new URL('./patch-cost/follower.mjs', import.meta.url));

/**
 * @typedef {Awaited<ReturnType<typeof serveEnvironment>>} Served
 * @typedef {{ revision: number; bytes: number; hashedBytes: number; applyingMs: number }} FollowerCost
 */

export default {
  describe: `what a one-flag change costs in an environment of ${FLAGS.toLocaleString('en')} flags: bytes, hashing, event loop`,
  run: () => withFolder(measure),
};

/** @param {string} folder */
async function measure(folder) {
  const hashing = createCountingSha256();
  progress(`an edge with ${FLAGS} flags, and a follower in a process of its own`);
  const served = await serveEnvironment({ flags: FLAGS, spoolDir: `${folder}/spool`, sha256: hashing.sha256 });
  try {
    const follower = startChild(FOLLOWER, [served.url, served.key]);
    try {
      await follower.line();
      const changes = Array.from({ length: WARMUP + CHANGES }, (_, i) =>
        // Step 3 from 1: flags with rules, each another one.
        served.prepareChange(1 + 3 * i, `Everybody in our ten countries, at the wish of ${i} people.`),
      );
      progress(`${CHANGES} changes, ${PAUSE_MS} ms apart`);
      const idle = await measureDelay(() => pauses(CHANGES));
      const measured = await applyAll(served, changes, hashing, follower);
      return figuresOf(measured, idle, wholeRuleset(served.texts()));
    } finally {
      await follower.stop();
    }
  } finally {
    await served.close();
  }
}

/**
 * @param {Served} served
 * @param {ReturnType<Served['prepareChange']>[]} changes
 * @param {ReturnType<typeof createCountingSha256>} hashing
 * @param {import('./process/child.mjs').Child} follower
 */
async function applyAll(served, changes, hashing, follower) {
  /** @param {(typeof changes)[number]} change */
  const apply = async ({ revision, flagBytes, publish }) => {
    await sleep(PAUSE_MS);
    hashing.take();
    const busy = await busyFor(publish);
    const hashedBytes = hashing.take();
    const [environment] = served.edge.status().environments;
    if (environment?.revision !== revision)
      throw new Error(`The edge serves ${environment?.revision}, not ${revision}.`);
    const cost = /** @type {FollowerCost} */ (JSON.parse(await follower.line()));
    if (cost.revision !== revision) throw new Error(`The follower reached ${cost.revision}, not ${revision}.`);
    return { busy, hashedBytes, overFlag: cost.bytes - flagBytes, flagBytes, follower: cost };
  };
  for (const change of changes.slice(0, WARMUP)) await apply(change);
  /** @type {Awaited<ReturnType<typeof apply>>[]} */
  const costs = [];
  const delayMs = await measureDelay(async () => {
    for (const change of changes.slice(WARMUP)) costs.push(await apply(change));
  });
  return { costs, delayMs };
}

/** @param {number} count */
async function pauses(count) {
  for (let i = 0; i < count; i++) await sleep(PAUSE_MS);
}

/**
 * The longest the event loop kept a timer of 1 ms waiting meanwhile.
 *
 * @param {() => Promise<void>} work
 */
async function measureDelay(work) {
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  await work();
  delay.disable();
  return delay.max / 1e6 - 1;
}

/**
 * What a product pays that serialises and hashes the whole ruleset for each change: one parse, one hash.
 *
 * @param {readonly string[]} texts
 */
function wholeRuleset(texts) {
  const text = `[${texts.join(',')}]`;
  const times = Array.from({ length: 5 }, () => {
    const began = performance.now();
    const parsed = JSON.parse(text);
    createHash('sha256').update(text).digest('base64url');
    if (parsed.length !== texts.length) throw new Error('The whole ruleset was not parsed.');
    return performance.now() - began;
  });
  return { bytes: Buffer.byteLength(text), ms: median(times) };
}

/**
 * @param {Awaited<ReturnType<typeof applyAll>>} measured
 * @param {number} idleMs
 * @param {{ bytes: number; ms: number }} whole
 */
function figuresOf({ costs, delayMs }, idleMs, whole) {
  /** @type {(of: (cost: (typeof costs)[number]) => number) => number} */
  const worst = (of) => Math.max(...costs.map(of));
  /** @type {(of: (cost: (typeof costs)[number]) => number) => number} */
  const middle = (of) => median(costs.map(of));
  const parsing = { bare: rounded(whole.ms) };
  const hashing = { bare: whole.bytes };
  return [
    {
      name: 'received by a follower over the flag itself, worst',
      value: worst(({ overFlag }) => overFlag),
      unit: 'bytes',
      floor: GOALS.bytesOverFlag,
      peers: { flag: middle(({ flagBytes }) => flagBytes), bare: whole.bytes },
    },
    {
      name: 'hashed by the edge, worst',
      value: worst(({ hashedBytes }) => hashedBytes),
      unit: 'bytes',
      peers: hashing,
    },
    {
      name: 'hashed by the follower, worst',
      value: worst(({ follower }) => follower.hashedBytes),
      unit: 'bytes',
      peers: hashing,
    },
    {
      name: 'edge busy applying and sending, median',
      value: rounded(middle(({ busy }) => busy.ms)),
      unit: 'ms',
      peers: parsing,
    },
    {
      name: 'edge busy applying and sending, worst',
      value: rounded(worst(({ busy }) => busy.ms)),
      unit: 'ms',
      floor: GOALS.loopMs,
      peers: parsing,
    },
    {
      name: 'edge applying and sending, processor time, worst',
      value: rounded(worst(({ busy }) => busy.cpuMs)),
      unit: 'ms',
      floor: GOALS.loopMs,
    },
    {
      name: 'event loop of the edge late, worst',
      value: rounded(delayMs),
      unit: 'ms',
      floor: GOALS.loopMs,
      peers: { idle: rounded(idleMs) },
    },
    {
      name: 'follower busy parsing and applying, median',
      value: rounded(middle(({ follower }) => follower.applyingMs)),
      unit: 'ms',
      peers: parsing,
    },
  ];
}
