// @ts-check
/** One installation or build at a time, however many commands were started together. */
import { createHash } from 'node:crypto';
import { readFileSync, statSync, unlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { say, SetupError } from './run.mjs';

const HEARTBEAT_MS = 5_000;
/** An owner whose process number lives on but who has been silent this long is gone: numbers are given out again. */
const SILENT_MS = 60_000;
/** Between creating the file and writing the number into it lie microseconds; a file still empty after this belongs to nobody. */
const EMPTY_MS = 5_000;
const POLL_MS = 100;
const DEADLINE_MS = 15 * 60_000;

/**
 * Does `work` while no other process of this machine does any under a lock of the same folder. Takes over from an owner that died.
 *
 * @template T
 * @param {string} folder What the lock protects.
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 * @throws {SetupError} When another process held the lock for 15 minutes.
 */
export async function withLock(folder, work) {
  const path = lockPath(folder);
  await acquire(path, folder);
  const heartbeat = setInterval(() => touch(path), HEARTBEAT_MS);
  try {
    return await work();
  } finally {
    clearInterval(heartbeat);
    remove(path);
  }
}

/**
 * The lock lies outside of the folder: `npm ci` empties node_modules, and nothing else there is ours to write to. Processes that see the
 * same temporary folder also see each other's numbers, which the lock needs.
 *
 * @param {string} folder
 */
export function lockPath(folder) {
  return join(tmpdir(), `flaghoist-setup-${createHash('sha256').update(folder).digest('hex').slice(0, 16)}.lock`);
}

/**
 * @param {string} path
 * @param {string} folder
 */
async function acquire(path, folder) {
  const deadline = Date.now() + DEADLINE_MS;
  let told = false;
  while (!create(path)) {
    const owner = ownerOf(path);
    if (owner === null) {
      takeOver(path);
      continue;
    }
    if (!told) say(`Waiting for another command (process ${owner}) that is setting up ${folder} ...`);
    told = true;
    if (Date.now() > deadline) {
      throw new SetupError(`Process ${owner} has held ${path} for 15 minutes. End it, or remove that file.`);
    }
    await sleep(POLL_MS);
  }
}

/** @param {string} path @returns {boolean} False when somebody else has it. */
function create(path) {
  try {
    writeFileSync(path, `${process.pid}\n`, { flag: 'wx' });
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw new SetupError(`Cannot create ${path}: ${String(error)}`, { cause: error });
  }
}

/**
 * @param {string} path
 * @returns {number | null} The living owner's process number; 0 while it is not known; null when the lock belongs to nobody.
 */
function ownerOf(path) {
  try {
    const age = Date.now() - statSync(path).mtimeMs;
    const pid = Number.parseInt(readFileSync(path, 'utf8'), 10);
    if (!Number.isSafeInteger(pid) || pid <= 0) return age > EMPTY_MS ? null : 0;
    return age <= SILENT_MS && isAlive(pid) ? pid : null;
  } catch (error) {
    // It went away while we looked: the next attempt to create it decides.
    if (codeOf(error) === 'ENOENT') return 0;
    throw error;
  }
}

/**
 * Removes a dead owner's lock. A second file guards the removal, for between looking and removing another process could have taken over
 * already, and its living lock would be removed.
 *
 * @param {string} path
 */
function takeOver(path) {
  const guard = `${path}.takeover`;
  if (!create(guard)) {
    if (ownerOf(guard) === null) remove(guard);
    return;
  }
  try {
    if (ownerOf(path) === null) remove(path);
  } finally {
    remove(guard);
  }
}

/** @param {number} pid */
function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return codeOf(error) === 'EPERM';
  }
}

/** @param {string} path */
function touch(path) {
  const now = new Date();
  try {
    utimesSync(path, now, now);
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw error;
  }
}

/** @param {string} path */
function remove(path) {
  try {
    unlinkSync(path);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return;
    throw new SetupError(`Cannot remove ${path}: ${String(error)}`, { cause: error });
  }
}

/** @param {unknown} error */
function codeOf(error) {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}
