// @ts-check
/** An edge is started again: how soon it answers from its copy on disk, with its database, without, and with one that hangs. */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { listenSilently } from '../disk-start/silent-server.mjs';
import { freePort } from '@flaghoist/testkit';
import { progress } from '../measure/progress.mjs';
import { median, rounded } from '../measure/statistics.mjs';
import { withFolder } from '../process/at-end.mjs';
import { millisecondsSince, startChild } from '../process/child.mjs';
import { flagKey } from './flag-key.mjs';
import { withFleet } from './fleet.mjs';

const BARE = fileURLToPath(new URL('../disk-start/bare-reader.mjs', import.meta.url));
const FLAGS = 1_000;
const WHOLE = { starts: 9 };
const QUICK = { starts: 3 };
const GOAL_MS = 300;
const WITHIN_MS = 20_000;

/** @typedef {{ there: number[]; gone: number[]; hung: number[]; following: number[]; bare: number[] }} Starts Milliseconds each. */

/** @param {{ quick: boolean }} options */
export function measureRestart({ quick }) {
  const { starts } = quick ? QUICK : WHOLE;
  return withFolder((folder) =>
    withFleet(folder, { flags: FLAGS }, async (fleet) => {
      const key = await fleet.createKey('server');
      const relayKey = await fleet.createKey('relay');
      const follower = await fleet.startFollower({ upstream: fleet.edge.url, relayKey });
      await firstAnswer(portOf(follower.url), key);
      await follower.stop();
      await fleet.edge.stop();
      const file = await rulesetFile(`${folder}/edge/rulesets`);
      const hungPort = await freePort();
      const end = await listenSilently(hungPort);
      const port = portOf(fleet.edge.url);
      /** @param {object} more */
      const restart = (more) => startOnce(() => fleet.startEdge({ port, ...more }), port, key);
      const following = { upstream: fleet.edge.url, relayKey, port: portOf(follower.url) };
      /** @type {Starts} */
      const found = { there: [], gone: [], hung: [], following: [], bare: [] };
      progress(
        `${starts} starts of each: database there, gone, hung; upstream gone; and a process that only reads the file`,
      );
      try {
        for (let i = 0; i < starts; i++) {
          found.there.push(await restart({}));
          found.gone.push(await restart({ databaseUrl: 'postgres://nobody@127.0.0.1:1/nothing' }));
          found.hung.push(await restart({ databaseUrl: `postgres://nobody@127.0.0.1:${hungPort}/nothing` }));
          found.following.push(await startOnce(() => fleet.startFollower(following), following.port, key));
          found.bare.push(await readOnce(file));
        }
      } finally {
        await end();
      }
      return figuresOf(found);
    }),
  );
}

/** The copy that is read at a start: the largest file there. @param {string} folder */
async function rulesetFile(folder) {
  const files = (await readdir(folder, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile());
  const names = files.map((entry) => join(entry.parentPath, entry.name)).sort();
  const [name] = names.filter((one) => !one.endsWith('.json'));
  if (name === undefined) throw new Error('The edge has saved no ruleset.');
  return name;
}

/** @param {string} url */
function portOf(url) {
  return Number(new URL(url).port);
}

/**
 * Milliseconds from the start of the process to its first right answer.
 *
 * @param {() => Promise<import('../product/server.mjs').Server>} start
 * @param {number} port
 * @param {string} key
 */
async function startOnce(start, port, key) {
  const began = process.hrtime.bigint();
  const starting = start();
  const answered = await firstAnswer(port, key);
  const edge = await starting;
  await edge.stop();
  return millisecondsSince(began, answered);
}

/**
 * @param {number} port
 * @param {string} key
 */
async function firstAnswer(port, key) {
  const asked = { method: 'POST', headers: { 'x-api-key': key } };
  for (const until = performance.now() + WITHIN_MS; performance.now() < until; await sleep(2)) {
    const answer = await fetch(`http://127.0.0.1:${port}/ofrep/v1/evaluate/flags/${flagKey(0)}`, asked).catch(
      () => null,
    );
    if (answer === null || answer.status === 503) continue;
    const answered = process.hrtime.bigint();
    const { value, reason } = /** @type {any} */ (await answer.json());
    if (value !== true || reason !== 'STATIC') throw new Error(`The first answer was ${value}, ${reason}.`);
    return answered;
  }
  throw new Error('The edge did not answer.');
}

/** @param {string} file */
async function readOnce(file) {
  const child = startChild(BARE, [file]);
  try {
    const { value, answered } = JSON.parse(await child.line());
    if (value !== FLAGS) throw new Error(`${value} flags were read, not ${FLAGS}.`);
    return millisecondsSince(child.spawnedAt, BigInt(answered));
  } finally {
    await child.stop();
  }
}

/** @param {Starts} starts */
function figuresOf({ there, gone, hung, following, bare }) {
  /** @type {(name: string, of: readonly number[]) => import('../../tools/bench.mjs').Figure} */
  const figure = (name, of) => ({
    name: `edge started again, ${FLAGS.toLocaleString('en')} flags on disk, to its first right answer: ${name}`,
    value: rounded(median(of)),
    unit: 'ms',
    floor: GOAL_MS,
    peers: { worst: rounded(Math.max(...of)), bare: rounded(median(bare)) },
  });
  return [
    figure('database there', there),
    figure('database gone', gone),
    figure('database hung', hung),
    figure('no database, upstream gone', following),
  ];
}
