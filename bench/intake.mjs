// @ts-check
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { NATIVE_PATHS } from '@flaghoist/protocol/ruleset';
import { EVALUATIONS, ROWS } from './intake/batches.mjs';
import { createLoad } from './intake/load.mjs';
import { progress } from './measure/progress.mjs';
import { median, quantile, rounded } from './measure/statistics.mjs';
import { withFolder } from './process/at-end.mjs';
import { startChild } from './process/child.mjs';
import { manage } from './product/management.mjs';
import { startServer } from './product/server.mjs';

const CONNECTIONS = 16;
const WARMUP_BATCHES = 200;
const TURNS = 6;
const BATCHES_PER_TURN = 500;
const COUNTED_WITHIN_MS = 40_000;
const COUNTED_POLL_MS = 20;
const BARE = fileURLToPath(new URL('./intake/bare-server.mjs', import.meta.url));

/**
 * @typedef {object} Turn
 * @property {number} ms From the first batch to the last 202.
 * @property {number[]} latencies Of each batch, milliseconds.
 * @property {number} countedMs From the first batch until all of them were counted; 0 for the floor.
 */

export default {
  describe: `exposures accepted by a server in batches of ${ROWS} rows, each synced to its spool before its 202`,
  run: () => withFolder(measure),
};

/** @param {string} folder */
async function measure(folder) {
  progress('starting a server with the embedded database, and the bare floor');
  const server = await startServer({ data: folder });
  try {
    const bare = startChild(BARE);
    try {
      const management = await manage(server);
      const url = `http://127.0.0.1:${await bare.line()}`;
      const figures = await compare(await prepare(server.url, management), { url, headers: {} }, management);
      management.close();
      return figures;
    } finally {
      await bare.stop();
    }
  } finally {
    await server.stop();
  }
}

/**
 * @param {string} url
 * @param {import('./product/management.mjs').Management} management
 */
async function prepare(url, management) {
  await management.post('/projects', { key: 'bench', environments: ['production'] });
  const made = await management.post('/projects/bench/keys', { kind: 'server', environments: ['production'] });
  const target = { url: `${url}${NATIVE_PATHS.exposures}`, headers: { authorization: `Bearer ${made.body.secret}` } };
  for (let left = 100; ; left--) {
    const { body } = await management.get('/status');
    if (body.environments.every((/** @type {any} */ one) => one.edge === one.revision)) return target;
    if (left === 0) throw new Error('The edge does not serve the environment.');
    await sleep(50);
  }
}

/**
 * @param {{ url: string; headers: Record<string, string> }} product
 * @param {{ url: string; headers: Record<string, string> }} bare
 * @param {import('./product/management.mjs').Management} management
 */
async function compare(product, bare, management) {
  const loads = {
    product: createLoad({ ...product, connections: CONNECTIONS }),
    bare: createLoad({ ...bare, connections: CONNECTIONS }),
  };
  /** @type {{ product: Turn[]; bare: Turn[] }} */
  const turns = { product: [], bare: [] };
  for (const load of Object.values(loads)) await load.send(WARMUP_BATCHES);
  let counted = await untilCounted(management, WARMUP_BATCHES);
  for (let turn = 1; turn <= TURNS; turn++) {
    progress(`turn ${turn} of ${TURNS}: ${BATCHES_PER_TURN} batches to each`);
    const began = performance.now();
    const sent = await loads.product.send(BATCHES_PER_TURN);
    counted = await untilCounted(management, WARMUP_BATCHES + turn * BATCHES_PER_TURN);
    turns.product.push({ ...sent, countedMs: performance.now() - began });
    turns.bare.push({ ...(await loads.bare.send(BATCHES_PER_TURN)), countedMs: 0 });
  }
  const expected = (WARMUP_BATCHES + TURNS * BATCHES_PER_TURN) * EVALUATIONS;
  if (counted.evaluations !== expected)
    throw new Error(`${counted.evaluations} of ${expected} evaluations were counted.`);
  for (const load of Object.values(loads)) load.close();
  return figuresOf(turns);
}

/**
 * Waits until a worker has folded so many batches, so that no turn pays for the one before it.
 *
 * @param {import('./product/management.mjs').Management} management
 * @param {number} batches
 */
async function untilCounted(management, batches) {
  const until = performance.now() + COUNTED_WITHIN_MS;
  for (;;) {
    const { body } = await management.get('/projects/bench/environments/production/evaluations');
    if (body.batches === batches && body.missing === 0) return body;
    if (body.batches > batches) throw new Error(`${body.batches} batches were counted, ${batches} were sent.`);
    if (performance.now() > until) throw new Error(`Of ${batches} batches ${body.batches} were counted in time.`);
    await sleep(COUNTED_POLL_MS);
  }
}

/** @param {{ product: readonly Turn[]; bare: readonly Turn[] }} turns */
function figuresOf({ product, bare }) {
  const rowsPerSecond = (/** @type {readonly Turn[]} */ turns, /** @type {(turn: Turn) => number} */ ms) =>
    rounded(median(turns.map((turn) => (BATCHES_PER_TURN * ROWS * 1_000) / ms(turn))));
  const latency = (/** @type {readonly Turn[]} */ turns, /** @type {number} */ share) =>
    rounded(
      quantile(
        turns.flatMap(({ latencies }) => latencies),
        share,
      ),
    );
  const accepted = (/** @type {Turn} */ { ms }) => ms;
  return [
    {
      name: 'accepted, median of turns',
      value: rowsPerSecond(product, accepted),
      unit: 'rows/s',
      peers: { bare: rowsPerSecond(bare, accepted) },
    },
    { name: 'batch sent to 202, p50', value: latency(product, 0.5), unit: 'ms', peers: { bare: latency(bare, 0.5) } },
    { name: 'batch sent to 202, p99', value: latency(product, 0.99), unit: 'ms', peers: { bare: latency(bare, 0.99) } },
    {
      name: 'counted in the database, median of turns',
      value: rowsPerSecond(product, ({ countedMs }) => countedMs),
      unit: 'rows/s',
    },
  ];
}
