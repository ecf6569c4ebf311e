/**
 * An edge with twenty environments of ten thousand flags over a bus in memory: loads them, then swaps each for another
 * ruleset in which every flag differs. Prints one line of JSON: the longest turns of the event loop in ms of processor
 * time, memory in bytes, and what was answered.
 *
 * Arguments: environments, flags, folder.
 */
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { createEdge } from '@flaghoist/edge';
import { evaluate } from '@flaghoist/evaluator';
import { formatBlock, formatHead } from '@flaghoist/protocol/ruleset';
import { createLogger } from '@flaghoist/runtime/telemetry';
import { PublishedEnvironment } from '@flaghoist/testkit/published-environment';

const [environments = 0, flags = 0] = process.argv.slice(2, 4).map(Number);
const folder = process.argv[4] ?? '';

/**
 * @param {number} number
 * @param {string} salt
 */
const flag = (number, salt) =>
  JSON.stringify({
    key: `flag-${number}`,
    type: 'boolean',
    clientVisible: true,
    enabled: true,
    variants: { on: true, off: false },
    offVariant: 'off',
    prerequisites: [],
    targets: [],
    rules: [
      {
        id: 'r1',
        conditions: [
          {
            attribute: 'plan',
            operator: 'in',
            values: ['gold', 'silver', `one of the plans that people of flag ${number} have, ${salt}`],
          },
        ],
        serve: { variant: 'on' },
      },
    ],
    default: { variant: salt === 'first' ? 'off' : 'on' },
  });

/** Two whole rulesets, of an environment that every one of ours is like. */
const history = new PublishedEnvironment('env_1');
for (const salt of ['first', 'second'])
  history.publish(
    Array.from({ length: flags }, (_, number) => ({ kind: 'flag', key: `flag-${number}`, json: flag(number, salt) })),
  );
const ids = Array.from({ length: environments }, (_, i) => `environment-${i}`);

/**
 * @param {string} stream
 * @param {number} position
 * @returns {import('@flaghoist/bus').LogMessage}
 */
function message(stream, position) {
  const block = history.patch(position);
  const body = Buffer.from(formatBlock(formatHead({ ...block.head, environment: stream }), block.entities));
  return { stream, position, id: `${stream}.1.${position}`, checkpoint: true, body };
}

const messages = new Map(ids.map((id) => [id, [message(id, 1), message(id, 2)]]));
let generation = 0;
let wake = () => Promise.resolve();

/**
 * The newest message of a stream. What a database says comes by a socket, in a turn of the event loop of its own.
 *
 * @param {string} stream
 */
async function newest(stream) {
  await new Promise((resolve) => setImmediate(resolve));
  return (messages.get(stream) ?? []).slice(generation - 1, generation);
}

/** @type {import('@flaghoist/bus').OrderedLog} */
const log = {
  append: () => Promise.reject(new Error('nobody publishes here')),
  readAfter: newest,
  readFromCheckpoint: newest,
  heads: () => Promise.resolve(new Map(ids.map((id) => [id, { position: generation, id: `${id}.1.${generation}` }]))),
  trim: () => Promise.resolve(),
  follow(next) {
    wake = () => next(new Set());
    const timer = setInterval(() => void wake(), 1_000);
    return { request: () => void wake(), stop: () => Promise.resolve(clearInterval(timer)) };
  },
};
/** @type {import('@flaghoist/bus').WorkQueue} */
const queue = {
  push: () => Promise.resolve(),
  take: () => Promise.resolve([]),
  done: () => Promise.resolve(),
  depth: () => Promise.resolve(0),
  follow: () => ({ request: () => undefined, stop: () => Promise.resolve() }),
};

const edge = createEdge({
  log,
  queue,
  spoolDir: `${folder}/spool`,
  rulesetDir: `${folder}/rulesets`,
  logger: createLogger({ level: 'warn', name: 'edge', destination: process.stderr }),
  instance: 'an-instance-of-the-test',
  confirmKey: () => Promise.resolve('unknown'),
});

/** Milliseconds that this thread had a processor: a machine that is busy with something else lengthens no pause by that. */
function cpuMs() {
  try {
    return Number(readFileSync(`/proc/self/task/${process.pid}/schedstat`, 'utf8').split(' ')[0]) / 1e6;
  } catch {
    return performance.now();
  }
}

/**
 * Runs `work`; answers the longest turn of the event loop meanwhile and the most memory.
 *
 * @param {() => Promise<void>} work
 */
async function watched(work) {
  let mostBytes = 0;
  let pauseMs = 0;
  let over = false;
  let last = cpuMs();
  const turn = () => {
    const now = cpuMs();
    pauseMs = Math.max(pauseMs, now - last);
    last = now;
    mostBytes = Math.max(mostBytes, process.memoryUsage.rss());
    if (!over) setImmediate(turn);
  };
  setImmediate(turn);
  const began = performance.now();
  await work();
  const ms = performance.now() - began;
  await sleep(20);
  over = true;
  return { pauseMs, mostBytes, ms };
}

/** What `flag-1` is in each environment. */
function values() {
  return ids.map((id) => {
    const ruleset = edge.ruleset(id);
    return ruleset === undefined ? null : evaluate(ruleset, 'flag-1', {}).value;
  });
}

/** @param {number} revision */
async function until(revision) {
  for (;;) {
    const seen = edge.status().environments;
    const refused = seen.find((one) => one.refused !== undefined)?.refused;
    if (refused !== undefined) throw new Error(refused.message);
    if (seen.filter((one) => one.revision === revision).length === environments) return;
    await sleep(5);
  }
}

generation = 1;
const load = await watched(() => edge.start().then(() => until(1)));
const loaded = values();
// What is being saved to disk is a part of neither.
await sleep(1_500);
globalThis.gc?.();
const restingBytes = process.memoryUsage.rss();
generation = 2;
const swap = await watched(() => wake().then(() => until(2)));
const swapped = values();
await edge.stop();
process.stdout.write(`${JSON.stringify({ load, restingBytes, swap, loaded, swapped })}\n`);
process.exit(0);
