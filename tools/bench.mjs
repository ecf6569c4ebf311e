// @ts-check
/**
 * `npm run bench -- NAME [PART...] [--json] [--quick]`: one command per figure. Progress goes to standard error, the result to
 * standard output.
 */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ensureBuilt, ensureInstalled, ensurePeers } from './setup.mjs';
import { ROOT, runScript, say, SetupError } from './setup/run.mjs';
import { describeRun } from './setup/run-description.mjs';

/**
 * @typedef {object} Figure
 * @property {string} name
 * @property {number} value
 * @property {string} unit
 * @property {number} [floor] The value that the project set itself to reach.
 * @property {unknown} [peers] The same figure for others, as the bench measured or quotes it.
 *
 * @typedef {object} Bench The default export of bench/NAME.mjs. Importing it starts nothing.
 * @property {string} describe
 * @property {boolean} [quick] It knows a shorter run, without peers.
 * @property {boolean} [peers] It measures the packages of bench/peers, which are installed before.
 * @property {readonly string[]} [parts] It can be asked for some of these alone; `run` is told which, all when none was named.
 * @property {(options: { quick: boolean; parts: readonly string[] }) => Promise<Figure[]>} run
 */

const FOLDER = join(ROOT, 'bench');
const USAGE = 'npm run bench -- NAME [PART...] [--json] [--quick]';

await runScript(async () => {
  const args = process.argv.slice(2);
  const asJson = args.includes('--json');
  const quick = args.includes('--quick');
  const [name, ...named] = args.filter((arg) => arg !== '--json' && arg !== '--quick');
  const unknownOption = [name, ...named].find((arg) => arg?.startsWith('-'));
  if (unknownOption !== undefined) throw new SetupError(`Unexpected '${unknownOption}'. Usage: ${USAGE}`);
  await ensureInstalled();
  await ensureBuilt();
  if (name === undefined || !benchNames().includes(name)) {
    const list = await describeBenches();
    if (name !== undefined) throw new SetupError(`There is no bench called '${name}'. ${list}`);
    console.log(list);
    return 0;
  }
  const bench = await loadBench(name);
  if (quick && bench.quick !== true) throw new SetupError(`${name} knows no --quick run.`);
  const parts = partsOf(name, bench, named);
  if (bench.peers === true && !quick) await ensurePeers();
  say(`${name}: ${bench.describe}`);
  const figures = checkFigures(name, await withQuietOutput(() => bench.run({ quick, parts })));
  const result = { bench: name, ...describeRun(), figures };
  console.log(asJson ? JSON.stringify(result) : table(result));
  return 0;
});

/**
 * @param {string} name
 * @param {Bench} bench
 * @param {readonly string[]} named
 */
function partsOf(name, { parts = [] }, named) {
  const unknown = named.find((part) => !parts.includes(part));
  if (unknown === undefined) return named.length === 0 ? parts : named;
  const known = parts.length === 0 ? 'It has none.' : `It has ${parts.join(', ')}.`;
  throw new SetupError(`${name} has no part called '${unknown}'. ${known}`);
}

/** Every file in bench/ is a bench; what benches have in common lies in folders. */
function benchNames() {
  const files = readdirSync(FOLDER).filter((file) => file.endsWith('.mjs'));
  return files.map((file) => file.slice(0, -'.mjs'.length)).sort();
}

async function describeBenches() {
  const names = benchNames();
  if (names.length === 0) return 'No bench exists yet: add bench/NAME.mjs.';
  const width = Math.max(...names.map((name) => name.length));
  const lines = await Promise.all(names.map(async (name) => `  ${name.padEnd(width)}  ${await describeBench(name)}`));
  return `Benches (${USAGE}):\n${lines.join('\n')}`;
}

/** @param {string} name */
async function describeBench(name) {
  try {
    const { describe, parts } = await loadBench(name);
    return parts === undefined ? describe : `${describe} (parts: ${parts.join(', ')})`;
  } catch (error) {
    return `(does not load: ${error instanceof Error ? error.message.split('\n')[0] : String(error)})`;
  }
}

/**
 * @param {string} name
 * @returns {Promise<Bench>}
 */
async function loadBench(name) {
  const { default: bench } = await import(pathToFileURL(join(FOLDER, `${name}.mjs`)).href);
  if (typeof bench?.describe !== 'string' || typeof bench?.run !== 'function') {
    throw new SetupError(`bench/${name}.mjs must export by default { describe: string, run(): Promise<figures> }.`);
  }
  return bench;
}

/**
 * Sends whatever a bench prints to standard error, so that standard output holds the result alone.
 *
 * @template T
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
async function withQuietOutput(work) {
  const write = process.stdout.write.bind(process.stdout);
  process.stdout.write = process.stderr.write.bind(process.stderr);
  try {
    return await work();
  } finally {
    process.stdout.write = write;
  }
}

/**
 * @param {string} name
 * @param {Figure[]} figures
 */
function checkFigures(name, figures) {
  const good = (/** @type {Figure} */ figure) =>
    typeof figure?.name === 'string' && Number.isFinite(figure.value) && typeof figure.unit === 'string';
  if (Array.isArray(figures) && figures.length > 0 && figures.every(good)) return figures;
  throw new Error(`bench/${name}.mjs gave no list of { name, finite value, unit }: ${JSON.stringify(figures)}`);
}

/** @param {{ bench: string; commit: string; machine: ReturnType<typeof describeRun>['machine']; figures: Figure[] }} result */
function table({ bench, commit: measured, machine: { cpu, cores, memoryGiB, os, node }, figures }) {
  const rows = figures.map(({ name, value, unit, floor, peers }) => [
    name,
    `${value.toLocaleString('en', { maximumFractionDigits: 3 })} ${unit}`,
    floor === undefined ? '' : `${floor.toLocaleString('en')} ${unit}`,
    peers === undefined ? '' : JSON.stringify(peers),
  ]);
  const lines = [['figure', 'value', 'floor', 'peers'], ...rows];
  const widths = [0, 1, 2].map((at) => Math.max(...lines.map((line) => (line[at] ?? '').length)));
  const text = lines.map((line) =>
    line
      .map((cell, at) => cell.padEnd(widths[at] ?? 0))
      .join('  ')
      .trimEnd(),
  );
  return [`${bench} at ${measured}`, `${cpu}, ${cores} cores, ${memoryGiB} GiB, ${os}, Node ${node}`, '', ...text].join(
    '\n',
  );
}
