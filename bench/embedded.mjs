// @ts-check
import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { environmentAt, keyAt, makeFlags } from './management/content.mjs';
import { progress } from './measure/progress.mjs';
import { quantile, rounded } from './measure/statistics.mjs';
import { withFolder } from './process/at-end.mjs';
import { startChild } from './process/child.mjs';
import { manage, untilPublished } from './product/management.mjs';
import { startServer } from './product/server.mjs';

const WHOLE = { flags: 10_000, edits: 200 };
const QUICK = { flags: 1_000, edits: 50 };
const GOAL_MS = 50;
const EDIT_GOAL_MS = 100;
const EVENT_LOOP = new URL('./embedded/event-loop.mjs', import.meta.url).href;
const IDLE = fileURLToPath(new URL('./embedded/idle.mjs', import.meta.url));

/**
 * @typedef {import('./product/management.mjs').Management} Management
 *
 * @typedef {{ name: string; value: number; unit: string; floor?: number; peers?: { bare: number } }} Figure
 */

export default {
  describe: 'how long the embedded database holds up the process it runs in, and an edit, where there are 10,000 flags',
  quick: true,
  run: (/** @type {{ quick: boolean }} */ { quick }) => withFolder((folder) => measure(folder, quick ? QUICK : WHOLE)),
};

/**
 * @param {string} folder
 * @param {typeof WHOLE} size
 */
async function measure(folder, size) {
  const files = { product: `${folder}/server`, bare: `${folder}/idle` };
  const nodeOptions = ['--import', EVENT_LOOP];
  const idle = startChild(IDLE, [], { env: { ...process.env, BENCH_EVENT_LOOP: files.bare } });
  await idle.line();
  const server = await startServer({ data: `${folder}/data`, nodeOptions, env: { BENCH_EVENT_LOOP: files.product } });
  const product = watch(server.pid, files.product);
  const bare = watch(idle.pid, files.bare);
  /** @param {string} during */
  const worst = async (during) => {
    const [value, floor] = [await product(), await bare()];
    return { ...figure(`event loop held, worst: ${during}`, value, GOAL_MS), peers: { bare: rounded(floor) } };
  };
  try {
    const management = await manage(server);
    await management.post('/projects', { key: 'bench', environments: [] });
    await worst('the start');
    progress(`making ${size.flags} flags`);
    await makeFlags(management, size.flags);
    /** @type {Figure[]} */
    const figures = [await worst('flags are made')];
    progress('making an environment with all of them');
    await management.post('/projects/bench/environments', { key: environmentAt(0), name: 'Production' });
    await untilPublished(management);
    figures.push(await worst('all flags enter an environment at once'));
    progress(`${size.edits} edits`);
    const alone = await edit(management, size.edits);
    figures.push(await worst('flags are edited'), ...latencies('edit', alone));
    progress('edits while somebody else reads lists');
    const busy = await editBeside(management, size.edits);
    figures.push(await worst('flags are edited beside lists'), ...latencies('edit beside lists', busy));
    management.close();
    return figures;
  } finally {
    await server.stop();
    await idle.stop();
  }
}

/**
 * @param {Management} management
 * @param {number} count
 */
async function edit(management, count) {
  const ms = [];
  for (let i = 0; i < count; i++) {
    const path = `/projects/bench/environments/${environmentAt(0)}/flags/${keyAt(i)}`;
    const { etag, body } = await management.get(path);
    const { sentAt, answeredAt } = await management.patch(path, { enabled: !body.enabled }, etag);
    ms.push(answeredAt - sentAt);
  }
  return ms;
}

/**
 * Somebody else reads lists all the time, over a connection of their own.
 *
 * @param {Management} management
 * @param {number} count
 */
async function editBeside(management, count) {
  const reader = management.beside();
  const edits = { areOver: false };
  const reading = (async () => {
    while (!edits.areOver) await reader.get('/projects/bench/flags?limit=200&sort=name&order=desc');
  })();
  try {
    return await edit(management, count);
  } finally {
    edits.areOver = true;
    await reading;
    reader.close();
  }
}

/**
 * @param {string} name
 * @param {readonly number[]} ms
 * @returns {Figure[]}
 */
function latencies(name, ms) {
  return [
    figure(`${name}, median`, quantile(ms, 0.5), EDIT_GOAL_MS),
    figure(`${name}, 95 of 100`, quantile(ms, 0.95)),
    figure(`${name}, worst`, Math.max(...ms)),
  ];
}

/**
 * @param {string} name
 * @param {number} value
 * @param {number} [floor]
 * @returns {Figure}
 */
function figure(name, value, floor) {
  return { name, value: rounded(value), unit: 'ms', ...(floor === undefined ? {} : { floor }) };
}

/**
 * Answers, each time, the longest since the time before.
 *
 * @param {number} pid
 * @param {string} file
 */
function watch(pid, file) {
  let lines = 0;
  return async () => {
    process.kill(pid, 'SIGUSR2');
    for (lines++; ; await sleep(5)) {
      const found = (await readFile(file, 'utf8').catch(() => '')).split('\n').slice(0, -1);
      if (found.length >= lines) return Number(found[lines - 1]);
    }
  };
}
