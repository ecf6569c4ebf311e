// @ts-check
/** Twenty environments of ten thousand flags at one edge: its memory, and how soon it serves all of them out of its copies on disk. */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { freePort } from '@flaghoist/testkit';
import { startNats } from '@flaghoist/testkit/nats';
import { createDatabase, startPostgresServer } from '@flaghoist/testkit/postgres';
import { keyOf } from '../environment/flags.mjs';
import { progress } from '../measure/progress.mjs';
import { median, rounded } from '../measure/statistics.mjs';
import { withFolder } from '../process/at-end.mjs';
import { millisecondsSince, startChild } from '../process/child.mjs';
import { peakMemory, residentMemory } from '../process/resident-memory.mjs';
import { startServer } from '../product/server.mjs';
import { publishEnvironments, SOMEBODY } from './large-environments.mjs';

const BARE = fileURLToPath(new URL('./bare-holder.mjs', import.meta.url));
const WHOLE = { environments: 20, flags: 10_000, starts: 3 };
const QUICK = { environments: 20, flags: 10_000, starts: 1 };
const GOAL_MB = 600;
const GOAL_MS = 5_000;
const WITHIN_MS = 120_000;
const ASK_EVERY_MS = 20;
/** Nothing is held yet; the key is not known yet; too many asked with a key that is not known. */
const NOT_YET = new Set([503, 401, 429]);
/** After all of it has come: what the edge still does in the background (files, the collector) is done by then. */
const REST_MS = 10_000;

/**
 * @typedef {{ resident: number; peak: number }} Memory MB.
 * @typedef {{ ms: number; memory: Memory; asked: Memory }} Start
 */

/** @param {{ quick: boolean }} options */
export function measureLarge({ quick }) {
  const size = quick ? QUICK : WHOLE;
  return withFolder(async (folder) => {
    const [postgres, nats] = await Promise.all([startPostgresServer(), startNats(1)]);
    /** @type {(() => Promise<void>)[]} */
    const stops = [() => postgres.stop(), () => nats.stop()];
    try {
      const { url: databaseUrl } = await createDatabase(postgres.url);
      // As many as are asked for here are meant.
      const env = { NATS_URL: nats.url, FLAGHOIST_ADDRESS_RATE_LIMIT: '100000' };
      // An edge makes no tables.
      const control = await startServer({ data: `${folder}/control`, databaseUrl, roles: 'control', env });
      await control.stop();
      progress(`publishing ${size.environments} environments of ${size.flags} flags`);
      const { keys, bytes } = await publishEnvironments(nats.url, size);
      const port = await freePort();
      const data = `${folder}/edge`;
      /** @type {(url: string) => Promise<Start>} */
      const startOnce = async (url) => {
        const began = process.hrtime.bigint();
        const starting = startServer({ data, databaseUrl: url, roles: 'edge', port, env });
        stops.push(async () => (await starting).stop());
        const answered = await untilAll(port, keys);
        const edge = await starting;
        await sleep(REST_MS);
        const memory = memoryOf(edge.pid);
        await askForEverything(port, keys, size.flags);
        const asked = memoryOf(edge.pid);
        await edge.stop();
        return { ms: millisecondsSince(began, answered), memory, asked };
      };
      progress('an edge that has nothing yet, from the bus');
      const first = await startOnce(databaseUrl);
      /** @type {{ there: Start[]; gone: Start[]; bare: Start[] }} */
      const found = { there: [], gone: [], bare: [] };
      const files = await rulesetFiles(`${data}/rulesets`);
      progress(
        `${size.starts} starts from disk of each: database there, gone, and a process that only holds the files`,
      );
      for (let i = 0; i < size.starts; i++) {
        found.there.push(await startOnce(databaseUrl));
        found.gone.push(await startOnce('postgres://nobody@127.0.0.1:1/nothing'));
        found.bare.push(await holdOnce(files, size));
      }
      return figuresOf(size, bytes, first, found);
    } finally {
      for (const stop of stops.reverse()) await stop();
    }
  });
}

/** The moment at which every environment has answered rightly. @param {number} port @param {readonly string[]} keys */
async function untilAll(port, keys) {
  const answered = await Promise.all(keys.map((key) => untilAnswered(port, key)));
  return answered.reduce((latest, one) => (one > latest ? one : latest));
}

/** @param {number} port @param {string} key */
async function untilAnswered(port, key) {
  for (const until = performance.now() + WITHIN_MS; performance.now() < until; await sleep(ASK_EVERY_MS)) {
    const answer = await ask(port, key, `/${keyOf(0)}`).catch(() => null);
    if (answer === null) continue;
    const answeredAt = process.hrtime.bigint();
    const body = await answer.text();
    if (NOT_YET.has(answer.status)) continue;
    const { value, reason } = answer.status === 200 ? JSON.parse(body) : {};
    if (value !== true || reason !== 'TARGETING_MATCH')
      throw new Error(`The first answer was ${answer.status}, not that it is on by a rule:\n${body}`);
    return answeredAt;
  }
  throw new Error('The edge did not answer.');
}

/** Flags are prepared when they are first asked for: from here on all of them are. @param {number} port @param {readonly string[]} keys @param {number} flags */
async function askForEverything(port, keys, flags) {
  for (const key of keys) {
    const answer = await ask(port, key, '');
    const { flags: answers } = /** @type {any} */ (await answer.json());
    if (answer.status !== 200 || answers?.length !== flags)
      throw new Error(`Asked for all flags, it answered ${answer.status} and ${answers?.length} of ${flags}.`);
  }
}

/** @param {number} port @param {string} key @param {string} path */
function ask(port, key, path) {
  return fetch(`http://127.0.0.1:${port}/ofrep/v1/evaluate/flags${path}`, {
    method: 'POST',
    headers: { 'x-api-key': key, 'content-type': 'application/json' },
    body: JSON.stringify({ context: SOMEBODY }),
  });
}

/** @param {number} pid @returns {Memory} */
function memoryOf(pid) {
  return { resident: residentMemory(pid) ?? 0, peak: peakMemory(pid) ?? 0 };
}

/** The newer copy of each environment. @param {string} folder */
async function rulesetFiles(folder) {
  const names = await readdir(folder);
  return names.map((name) => join(folder, name, 'ruleset'));
}

/**
 * @param {readonly string[]} files
 * @param {{ environments: number; flags: number }} size
 * @returns {Promise<Start>}
 */
async function holdOnce(files, { environments, flags }) {
  const child = startChild(BARE, files);
  try {
    const { value, answered } = JSON.parse(await child.line());
    if (value !== environments * flags) throw new Error(`${value} flags were read, not ${environments * flags}.`);
    await sleep(1_000);
    const memory = memoryOf(child.pid);
    return { ms: millisecondsSince(child.spawnedAt, BigInt(answered)), memory, asked: memory };
  } finally {
    await child.stop();
  }
}

/**
 * @param {{ environments: number; flags: number }} size
 * @param {number} bytes
 * @param {Start} first
 * @param {{ there: Start[]; gone: Start[]; bare: Start[] }} found
 */
function figuresOf({ environments, flags }, bytes, first, { there, gone, bare }) {
  const title = `${environments} environments of ${flags.toLocaleString('en')} flags (${rounded(bytes / 1e6)} MB) at one edge`;
  /** @type {(starts: readonly Start[], of: (start: Start) => number) => number} */
  const middle = (starts, of) => rounded(median(starts.map(of)));
  /** @type {(name: string, of: (memory: Memory) => number, starts: readonly Start[], goal?: number) => import('../../tools/bench.mjs').Figure} */
  const memory = (name, of, starts, goal) => ({
    name: `${title}: ${name}`,
    value: middle(starts, ({ memory: one }) => of(one)),
    unit: 'MB',
    ...(goal === undefined ? {} : { floor: goal }),
    peers: {
      afterAllWereAskedFor: middle(starts, ({ asked }) => of(asked)),
      bare: middle(bare, ({ memory: one }) => of(one)),
    },
  });
  /** @type {(name: string, starts: readonly Start[]) => import('../../tools/bench.mjs').Figure} */
  const start = (name, starts) => ({
    name: `${title}: started again, from disk until all of them are answered: ${name}`,
    value: middle(starts, ({ ms }) => ms),
    unit: 'ms',
    floor: GOAL_MS,
    peers: { worst: rounded(Math.max(...starts.map(({ ms }) => ms))), bare: middle(bare, ({ ms }) => ms) },
  });
  return [
    memory('resident, after they came over the bus', ({ resident }) => resident, [first], GOAL_MB),
    memory('resident, started again', ({ resident }) => resident, there, GOAL_MB),
    memory('peak, after they came over the bus', ({ peak }) => peak, [first]),
    memory('peak, started again', ({ peak }) => peak, there),
    start('database there', there),
    start('database gone', gone),
  ];
}
