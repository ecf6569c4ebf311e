// @ts-check
import { fileURLToPath } from 'node:url';
import { progress } from './measure/progress.mjs';
import { median, rounded } from './measure/statistics.mjs';
import { withFolder } from './process/at-end.mjs';
import { millisecondsSince, startChild } from './process/child.mjs';
import { peakMemory } from './process/resident-memory.mjs';
import { startServer } from './product/server.mjs';
import { requireFromTemplate } from './start/template.mjs';

const TURNS = 5;
const GOAL_MS = 3_000;
const BARE = fileURLToPath(new URL('./start/bare-database.mjs', import.meta.url));

/** @typedef {{ ms: number; megabytes: number | null }} Start */

export default {
  describe: 'from starting the process to its ready line, and the memory that took: empty folder, existing folder',
  run: () => withFolder(measure),
};

/** @param {string} folder */
async function measure(folder) {
  /** @type {{ empty: Start[]; existing: Start[]; bareEmpty: Start[]; bareExisting: Start[] }} */
  const starts = { empty: [], existing: [], bareEmpty: [], bareExisting: [] };
  for (let turn = 1; turn <= TURNS; turn++) {
    progress(`turn ${turn} of ${TURNS}: the server twice, then the database alone twice`);
    const data = `${folder}/server-${turn}`;
    starts.empty.push(await startProduct(data));
    await requireFromTemplate(`${data}/db`);
    starts.existing.push(await startProduct(data));
    starts.bareEmpty.push(await startBare(`${folder}/bare-${turn}`));
    starts.bareExisting.push(await startBare(`${folder}/bare-${turn}`));
  }
  return [
    ...figuresOf('empty folder', starts.empty, starts.bareEmpty),
    ...figuresOf('existing folder', starts.existing, starts.bareExisting),
  ];
}

/**
 * @param {string} data
 * @returns {Promise<Start>}
 */
async function startProduct(data) {
  const server = await startServer({ data });
  try {
    const megabytes = peakMemory(server.pid);
    const { status } = await fetch(`${server.url}/readyz`);
    if (status !== 200) throw new Error(`The server printed its ready line, but /readyz answers ${status}.`);
    return { ms: server.readyMs, megabytes };
  } finally {
    await server.stop();
  }
}

/**
 * @param {string} folder
 * @returns {Promise<Start>}
 */
async function startBare(folder) {
  const child = startChild(BARE, [folder]);
  try {
    await child.line();
    return { ms: millisecondsSince(child.spawnedAt), megabytes: peakMemory(child.pid) };
  } finally {
    await child.stop();
  }
}

/**
 * @param {string} title
 * @param {readonly Start[]} product
 * @param {readonly Start[]} bare
 */
function figuresOf(title, product, bare) {
  const ms = (/** @type {readonly Start[]} */ starts) => starts.map((start) => start.ms);
  const memory = (/** @type {readonly Start[]} */ starts) => starts.flatMap(({ megabytes }) => megabytes ?? []);
  const figures = [
    figure(`${title}: start to ready, median`, 'ms', median(ms(product)), median(ms(bare)), GOAL_MS),
    figure(`${title}: start to ready, worst`, 'ms', Math.max(...ms(product)), Math.max(...ms(bare)), GOAL_MS),
  ];
  if (memory(product).length === 0) return figures;
  const [mine, others] = [median(memory(product)), median(memory(bare))];
  return [...figures, figure(`${title}: peak memory when ready, median`, 'MB', mine, others)];
}

/**
 * @param {string} name
 * @param {string} unit
 * @param {number} value
 * @param {number} bare
 * @param {number} [goal]
 */
function figure(name, unit, value, bare, goal) {
  const peers = { bare: rounded(bare) };
  return { name, value: rounded(value), unit, ...(goal === undefined ? {} : { floor: goal }), peers };
}
