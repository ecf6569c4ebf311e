// @ts-check
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { FlaghoistProvider } from '@flaghoist/openfeature-server';
import { listenSilently } from './disk-start/silent-server.mjs';
import { keyOf } from './environment/flags.mjs';
import { serveEnvironment } from './environment/served-environment.mjs';
import { progress } from './measure/progress.mjs';
import { median, rounded } from './measure/statistics.mjs';
import { withFolder } from './process/at-end.mjs';
import { millisecondsSince, startChild } from './process/child.mjs';

const FLAGS = 1_000;
const PROCESSES = 15;
const GOAL_MS = 200;
/** On for everybody; the application's default is off. */
const FLAG = keyOf(0);
const APPLICATION = fileURLToPath(new URL('./disk-start/application.mjs', import.meta.url));
const BARE = fileURLToPath(new URL('./disk-start/bare-reader.mjs', import.meta.url));

/**
 * @typedef {object} Start One process.
 * @property {number} fromProcess Milliseconds since it was started.
 * @property {number} fromWork Milliseconds since it began what is measured: its own loading is over.
 */

export default {
  describe: `how soon an application that starts while its server is away answers from disk, ${FLAGS.toLocaleString('en')} flags`,
  run: () => withFolder(measure),
};

/** @param {string} folder */
async function measure(folder) {
  const dataDir = `${folder}/provider`;
  const { url, key } = await saveRuleset(folder, dataDir);
  const [file = ''] = await readdir(dataDir);
  const port = Number(new URL(url).port);
  /** @type {{ refused: Start[]; silent: Start[]; bare: Start[] }} */
  const starts = { refused: [], silent: [], bare: [] };
  progress(`${PROCESSES} processes of each: server gone, server hung, and the bare floor, in turns`);
  for (let i = 0; i < PROCESSES; i++) {
    starts.refused.push(await startOne(APPLICATION, [url, key, dataDir, FLAG], true));
    const stop = await listenSilently(port);
    starts.silent.push(await startOne(APPLICATION, [url, key, dataDir, FLAG], true));
    await stop();
    starts.bare.push(await startOne(BARE, [join(dataDir, file)], FLAGS));
  }
  return [
    ...figuresOf('server gone', starts.refused, starts.bare),
    ...figuresOf('server hung', starts.silent, starts.bare),
  ];
}

/**
 * Lets a provider follow a real edge until its file is there, and ends both.
 *
 * @param {string} folder
 * @param {string} dataDir
 */
async function saveRuleset(folder, dataDir) {
  progress(`saving a ruleset of ${FLAGS} flags`);
  const served = await serveEnvironment({ flags: FLAGS, spoolDir: `${folder}/spool` });
  const provider = new FlaghoistProvider({ url: served.url, key: served.key, dataDir });
  try {
    await provider.initialize();
  } finally {
    await provider.onClose();
    await served.close();
  }
  return served;
}

/**
 * @param {string} script
 * @param {readonly string[]} args
 * @param {boolean | number} expected What the first answer has to be.
 * @returns {Promise<Start>}
 */
async function startOne(script, args, expected) {
  const child = startChild(script, args);
  try {
    const { value, began, answered } = JSON.parse(await child.line());
    if (value !== expected) throw new Error(`The first answer was ${value}, not ${expected}.`);
    return {
      fromProcess: millisecondsSince(child.spawnedAt, BigInt(answered)),
      fromWork: millisecondsSince(BigInt(began), BigInt(answered)),
    };
  } finally {
    await child.stop();
  }
}

/**
 * @param {string} title
 * @param {readonly Start[]} starts
 * @param {readonly Start[]} bare
 */
function figuresOf(title, starts, bare) {
  /** @type {(what: string, of: (start: Start) => number, goal?: number) => any[]} */
  const pair = (what, of, goal) => [
    figure(`${title}: ${what}, median`, median(starts.map(of)), median(bare.map(of)), goal),
    figure(`${title}: ${what}, worst`, Math.max(...starts.map(of)), Math.max(...bare.map(of)), goal),
  ];
  return [
    ...pair('setProviderAndWait to first answer', ({ fromWork }) => fromWork, GOAL_MS),
    ...pair('process start to first answer', ({ fromProcess }) => fromProcess),
  ];
}

/**
 * @param {string} name
 * @param {number} value
 * @param {number} bare
 * @param {number} [goal]
 */
function figure(name, value, bare, goal) {
  return {
    name,
    value: rounded(value),
    unit: 'ms',
    ...(goal === undefined ? {} : { floor: goal }),
    peers: { bare: rounded(bare) },
  };
}
