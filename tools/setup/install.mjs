// @ts-check
/** Brings node_modules in line with package-lock.json. */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { withLock } from './lock.mjs';
import { ROOT, run, say, SetupError } from './run.mjs';

const OLDEST_NODE = [20, 19];
const TIMEOUT_MS = 10 * 60_000;

/** @throws {SetupError} When this Node is too old to run Flaghoist. */
export function checkNode(version = process.versions.node) {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const [oldestMajor = 0, oldestMinor = 0] = OLDEST_NODE;
  if (major > oldestMajor || (major === oldestMajor && minor >= oldestMinor)) return;
  throw new SetupError(
    `Flaghoist needs Node ${OLDEST_NODE.join('.')} or newer; this is ${version} (${process.execPath}).\n` +
      'Install Node 24 from https://nodejs.org or with your version manager, then run the command again.',
  );
}

/**
 * Runs `npm ci` when node_modules is missing, or was made from another package-lock.json or by another major version of Node. An
 * installation that somebody made by hand is taken as it is when it holds what package-lock.json asks for.
 *
 * @throws {SetupError} When Node is too old or npm fails; the message holds npm's output.
 */
export async function ensureInstalled() {
  checkNode();
  if (isInstalled()) return;
  await withLock(ROOT, async () => {
    if (isInstalled()) return;
    say('Installing dependencies (once, about a minute) ...');
    const started = Date.now();
    const { command, first } = npmCommand();
    // Without --include=dev, NODE_ENV=production would leave the compiler out.
    const args = [...first, 'ci', '--no-audit', '--no-fund', '--include=dev'];
    const { code, output } = await run(command, args, { timeoutMs: TIMEOUT_MS });
    if (code !== 0) throw new SetupError(`${output.trim()}\n\n${explain(code, output)}`);
    writeFileSync(stampPath(), `${currentStamp()}\n`);
    say(`Installed in ${Math.round((Date.now() - started) / 1000)} s.`);
  });
}

/** A text that changes whenever the dependencies have to be installed anew. */
export function currentStamp() {
  return `lock ${createHash('sha256').update(readLock()).digest('hex')} ${nodePart()}`;
}

function nodePart() {
  return `node ${process.versions.node.split('.')[0]}`;
}

/**
 * Compares what npm noted down about an installation with what package-lock.json asks for.
 *
 * @param {string} lockText package-lock.json
 * @param {string} installedText node_modules/.package-lock.json
 * @returns {boolean} True when everything is there in the right version; packages for other systems may be missing.
 */
export function holdsWhatIsLocked(lockText, installedText) {
  const wanted = packagesOf(lockText);
  const installed = packagesOf(installedText);
  for (const [path, entry] of wanted) {
    const found = installed.get(path);
    if (path === '') continue;
    if (!found) {
      if (entry.optional !== true && entry.devOptional !== true) return false;
    } else if (found.version !== entry.version || found.integrity !== entry.integrity || found.link !== entry.link) {
      return false;
    }
  }
  return [...installed.keys()].every((path) => wanted.has(path));
}

/**
 * @param {number} code
 * @param {string} output
 */
function explain(code, output) {
  const failure = `The dependencies could not be installed: npm ci ended with code ${code} (its output is above).`;
  if (output.includes('EUSAGE')) {
    return `${failure}\npackage-lock.json does not fit the package.json files: run npm install, and commit what it changed.`;
  }
  return `${failure}\nMost often the registry cannot be reached: check the network and npm's proxy settings, then run the command again.`;
}

function isInstalled() {
  const wanted = currentStamp();
  const stamp = existsSync(stampPath()) ? readFileSync(stampPath(), 'utf8').trim() : '';
  if (stamp === wanted) return true;
  if (isForAnotherNode(stamp, wanted)) return false;
  const note = join(ROOT, 'node_modules', '.package-lock.json');
  if (!existsSync(note) || !holdsWhatIsLocked(readLock(), readFileSync(note, 'utf8'))) return false;
  writeFileSync(stampPath(), `${wanted}\n`);
  return true;
}

/**
 * A stamp that cannot be read says nothing: what npm noted down then decides, for installing anew empties node_modules under whoever uses it.
 *
 * @param {string} stamp
 * @param {string} wanted
 */
export function isForAnotherNode(stamp, wanted) {
  const [made, asked] = [stamp, wanted].map((text) => / node (\d+)$/.exec(text)?.[1]);
  return made !== undefined && made !== asked;
}

function stampPath() {
  return join(ROOT, 'node_modules', '.flaghoist-install');
}

function readLock() {
  try {
    return readFileSync(join(ROOT, 'package-lock.json'), 'utf8');
  } catch (error) {
    throw new SetupError(`package-lock.json cannot be read in ${ROOT}: is the checkout complete?`, { cause: error });
  }
}

/**
 * @typedef {{ version?: string; integrity?: string; link?: boolean; optional?: boolean; devOptional?: boolean }} LockEntry
 * @param {string} text
 * @returns {Map<string, LockEntry>}
 */
function packagesOf(text) {
  try {
    return new Map(Object.entries(JSON.parse(text).packages ?? {}));
  } catch {
    return new Map();
  }
}

/** The npm that runs us, else the one on the PATH. */
export function npmCommand() {
  const script = process.env['npm_execpath'];
  if (script !== undefined && /npm-cli\.c?js$/.test(script) && existsSync(script)) {
    return { command: process.execPath, first: [script] };
  }
  return { command: process.platform === 'win32' ? 'npm.cmd' : 'npm', first: [] };
}
