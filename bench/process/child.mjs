// @ts-check
/** A Node process of its own that speaks in lines. */
import { spawn, spawnSync } from 'node:child_process';
import { cpus } from 'node:os';
import { createInterface } from 'node:readline';
import { atEnd } from './at-end.mjs';

const LINE_WITHIN_MS = 60_000;
const STOP_WITHIN_MS = 15_000;
const STDERR_KEPT = 4_000;

/**
 * @typedef {object} Child
 * @property {number} pid
 * @property {bigint} spawnedAt `process.hrtime.bigint()` just before it was started: one clock for all processes of a machine.
 * @property {() => Promise<string>} line The next line it prints; rejects with its standard error when it ends before.
 * @property {(line: string) => void} send Writes a line to its standard input.
 * @property {() => Promise<void>} stop SIGTERM, after a while SIGKILL; resolves when it is gone. May be called twice.
 * @property {Promise<void>} ended Resolves when it is gone.
 */

/**
 * Starts a script. Its standard input is a pipe: a script that ends with it does not outlive a bench that was killed.
 *
 * @param {string} script
 * @param {readonly string[]} [args]
 * @param {{ env?: NodeJS.ProcessEnv; nodeOptions?: readonly string[]; core?: number }} [options] `nodeOptions`: of Node
 *   itself. `core`: the processor it runs on, where the system can be told so.
 * @returns {Child}
 */
export function startChild(script, args = [], { env = process.env, nodeOptions = [], core } = {}) {
  const spawnedAt = process.hrtime.bigint();
  const command = [...onCore(core), process.execPath, ...nodeOptions, script, ...args];
  const child = spawn(command[0] ?? '', command.slice(1), { env, stdio: ['pipe', 'pipe', 'pipe'] });
  const { pid } = child;
  if (pid === undefined) throw new Error(`${script} could not be started.`);
  const forget = atEnd(() => child.kill('SIGKILL'));
  let stderr = '';
  child.stderr.on('data', (chunk) => {
    stderr = `${stderr}${chunk}`.slice(-STDERR_KEPT);
  });
  child.stdin.on('error', () => {});
  const lines = createInterface({ input: child.stdout });
  /** @type {string[]} */
  const unread = [];
  /** @type {{ resolve: (line: string) => void; reject: (error: Error) => void }[]} */
  const waiting = [];
  let closed = false;
  const tooEarly = () => new Error(`${script} ended too early.\n${stderr.trim()}`);
  lines.on('line', (line) => {
    const reader = waiting.shift();
    if (reader === undefined) unread.push(line);
    else reader.resolve(line);
  });
  /** @type {Promise<void>} */
  const ended = new Promise((resolve) => {
    child.on('close', () => {
      closed = true;
      forget();
      for (const reader of waiting) reader.reject(tooEarly());
      resolve();
    });
  });
  return {
    pid,
    spawnedAt,
    ended,
    send: (line) => void child.stdin.write(`${line}\n`),
    line() {
      const first = unread.shift();
      if (first !== undefined) return Promise.resolve(first);
      if (closed) return Promise.reject(tooEarly());
      return new Promise((resolve, reject) => {
        const late = () => reject(new Error(`${script} printed nothing for ${LINE_WITHIN_MS} ms.\n${stderr.trim()}`));
        const timer = setTimeout(late, LINE_WITHIN_MS);
        waiting.push({
          resolve: (line) => (clearTimeout(timer), resolve(line)),
          reject: (error) => (clearTimeout(timer), reject(error)),
        });
      });
    },
    async stop() {
      if (closed) return;
      child.kill('SIGTERM');
      const timer = setTimeout(() => child.kill('SIGKILL'), STOP_WITHIN_MS);
      await ended;
      clearTimeout(timer);
    },
  };
}

/** @param {number | undefined} core */
function onCore(core) {
  return core === undefined || !canPin() ? [] : ['taskset', '-c', String(core)];
}

/** Whether a process can be kept on one processor (Linux), and there is another one beside it. */
export function canPin() {
  return cpus().length > 1 && spawnSync('taskset', ['-p', String(process.pid)]).status === 0;
}

/**
 * Milliseconds since a moment of `process.hrtime.bigint()`, of whichever process.
 *
 * @param {bigint} since
 * @param {bigint} [until]
 */
export function millisecondsSince(since, until = process.hrtime.bigint()) {
  return Number(until - since) / 1e6;
}
