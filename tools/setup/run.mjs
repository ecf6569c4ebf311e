// @ts-check
/** Starting other programs, and ending this one in an orderly way. Uses only what Node brings: it runs before anything is installed. */
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { constants } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder of the repository. */
export const ROOT = fileURLToPath(new URL('../..', import.meta.url));

const HAS_GROUPS = process.platform !== 'win32';

/** What the user has to change; its message is shown without a stack. */
export class SetupError extends Error {}

/** A signal arrived while a program was running. */
export class Interrupted extends Error {
  /** @param {NodeJS.Signals} signal */
  constructor(signal) {
    super(`stopped by ${signal}`);
    this.signal = signal;
  }
}

/**
 * Tells the user what is going on. Always on standard error: standard output belongs to the program that is started.
 *
 * @param {string} message
 */
export function say(message) {
  process.stderr.write(`${message}\n`);
}

/**
 * @typedef {object} RunOptions
 * @property {string} [cwd]
 * @property {NodeJS.ProcessEnv} [env]
 * @property {'show' | 'keep'} [output] `show`: the program writes to our own terminal. `keep` (default): its output is handed back, and
 *   also shown on standard error when VERBOSE is set. Either way it gets no standard input.
 * @property {number} [timeoutMs] After this time the program is killed and counts as failed.
 *
 * @typedef {{ code: number; output: string }} RunResult `code` is 128 + the signal's number when a signal ended the program.
 */

/**
 * Runs a program to its end and passes signals on to it.
 *
 * @param {string} command
 * @param {readonly string[]} args
 * @param {RunOptions} [options]
 * @returns {Promise<RunResult>}
 * @throws {SetupError} When the program cannot be started.
 * @throws {Interrupted} When this process got a signal meanwhile; the program has ended by then.
 */
export async function run(command, args, { cwd = ROOT, env = process.env, output = 'keep', timeoutMs } = {}) {
  const stdio = output === 'show' ? 'inherit' : 'pipe';
  // A group of its own, so that a signal reaches the program and whatever it started, once.
  const child = spawn(command, args, { cwd, env, stdio: ['ignore', stdio, stdio], detached: HAS_GROUPS });
  /** @type {Buffer[]} */
  const chunks = [];
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (chunk) => {
      chunks.push(chunk);
      if (isVerbose()) process.stderr.write(chunk);
    });
  }
  const signals = passSignals(child);
  const timer = timeoutMs === undefined ? undefined : setTimeout(() => killGroup(child, 'SIGKILL'), timeoutMs);
  try {
    const code = await new Promise((resolve, reject) => {
      child.on('error', (error) => reject(new SetupError(`${command} could not be started: ${error.message}`)));
      child.on('close', (exitCode, signal) => resolve(exitCode ?? exitCodeOf(signal)));
    });
    if (signals.received) throw new Interrupted(signals.received);
    return { code, output: Buffer.concat(chunks).toString() };
  } finally {
    clearTimeout(timer);
    signals.stop();
  }
}

/** True when the user wants to see the output of every program. */
export function isVerbose() {
  return (process.env['VERBOSE'] ?? '') !== '' && process.env['VERBOSE'] !== '0';
}

/**
 * The script behind a command of an installed npm package, to be run by Node itself: the same on every system.
 *
 * @param {string} packageName
 * @param {string} [command] When the package has several; default: the package's name.
 * @throws {SetupError} When it is not installed.
 */
export function scriptOf(packageName, command = packageName) {
  const folder = join(ROOT, 'node_modules', packageName);
  try {
    const { bin } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
    return join(folder, typeof bin === 'string' ? bin : bin[command]);
  } catch (error) {
    throw new SetupError(`${packageName} is not installed: run npm ci`, { cause: error });
  }
}

/**
 * Runs the body of a script and sets the exit code: what `body` returns, 1 for a failure, 128 + n after a signal.
 *
 * @param {() => Promise<number>} body
 */
export async function runScript(body) {
  try {
    process.exitCode = await body();
  } catch (error) {
    if (error instanceof Interrupted) process.exitCode = exitCodeOf(error.signal);
    else {
      say(error instanceof SetupError ? error.message : String(error instanceof Error ? error.stack : error));
      process.exitCode = 1;
    }
  }
}

/** @param {import('node:child_process').ChildProcess} child */
function passSignals(child) {
  /** @type {{ received: NodeJS.Signals | null; stop: () => void }} */
  const state = { received: null, stop: () => {} };
  const onSignal = (/** @type {NodeJS.Signals} */ signal) => {
    state.received = signal;
    killGroup(child, signal);
  };
  /** @type {NodeJS.Signals[]} */
  const watched = ['SIGINT', 'SIGTERM', 'SIGHUP'];
  for (const signal of watched) process.on(signal, onSignal);
  state.stop = () => {
    for (const signal of watched) process.off(signal, onSignal);
  };
  return state;
}

/**
 * @param {import('node:child_process').ChildProcess} child
 * @param {NodeJS.Signals} signal
 */
function killGroup(child, signal) {
  if (child.pid === undefined) return;
  try {
    if (HAS_GROUPS) process.kill(-child.pid, signal);
    else child.kill(signal);
  } catch (error) {
    // It ended by itself a moment ago.
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
  }
}

/** @param {NodeJS.Signals | null} signal */
function exitCodeOf(signal) {
  return signal === null ? 1 : 128 + constants.signals[signal];
}
