import { link, rename, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { hasCode } from './error-code.ts';
import { checkLiveness, describeThisProcess, type LockOwner, parseOwner } from './lock-owner.ts';
import { readIfExists } from './read-if-exists.ts';

export interface FolderLock {
  /** Gives the folder free. Idempotent. */
  release(): Promise<void>;
}

/** The folder belongs to another process, or to an earlier lock of this one. */
export class FolderLockedError extends Error {
  override readonly name = 'FolderLockedError';
  /** Of the owner; null when the lock file does not say. */
  readonly pid: number | null;

  constructor(message: string, pid: number | null) {
    super(message);
    this.pid = pid;
  }
}

/** The longest path of a Unix socket on any platform is 103 bytes. */
const MAX_SOCKET_PATH = 103;
/** Each turn meets another process that took, gave back or is replacing the lock in that very moment. */
const MAX_TURNS = 250;
const TURN_MS = 20;

/**
 * Takes a folder, which must exist, for this process alone: of all that try, one gets it, and no other does before it
 * released the lock or died. A dead owner's lock is taken over: its process is gone, its number belongs to another
 * process, or the machine was started again. Rejects with FolderLockedError, which names the owner, otherwise.
 *
 * The lock is the file `lock` in the folder. It does not see an owner on another machine that shares the folder over a
 * network: such an owner looks like one from before a restart.
 */
export async function lockFolder(dir: string): Promise<FolderLock> {
  const self = await describeThisProcess();
  const signOfLife = await listenInFolder(dir, `lock.${self.nonce}.sock`);
  const owner: LockOwner = { ...self, socket: signOfLife?.name ?? null };
  // The content is there from the first moment, because the lock is a link to this file.
  const draft = join(dir, `lock.${self.nonce}.draft`);
  try {
    await writeFile(draft, JSON.stringify(owner), { flag: 'wx', mode: 0o600, flush: true });
    await take(dir, 'lock', owner, draft);
  } catch (error) {
    await signOfLife?.close();
    throw error;
  } finally {
    await rm(draft, { force: true });
  }
  let released: Promise<void> | undefined;
  const release = async (): Promise<void> => {
    await giveBack(dir, 'lock', owner);
    await signOfLife?.close();
  };
  return { release: () => (released ??= release()) };
}

/**
 * Takes the lock `name`. A dead owner's lock is never deleted, because whoever deletes it may hit the lock of a faster
 * taker instead. It is replaced, by the one process that holds a second lock, named after the dead owner's nonce; and
 * only if that dead owner's lock is still there once the second lock is held.
 */
async function take(dir: string, name: string, self: LockOwner, draft: string): Promise<void> {
  const path = join(dir, name);
  for (let turn = 0; turn < MAX_TURNS; turn++) {
    if (await linkIfFree(draft, path)) return;
    const text = await readIfExists(path);
    if (text === null) {
      await sleep(TURN_MS * Math.random());
      continue;
    }
    const owner = parseOwner(text);
    if (owner === null) throw unreadable(dir, path);
    const liveness = await checkLiveness(dir, owner, self);
    if (liveness !== 'dead') {
      if (name === 'lock') throw locked(dir, path, owner, liveness === 'unknown');
      await sleep(TURN_MS * (0.5 + Math.random()));
      continue;
    }
    if (await replace(dir, name, owner, self, draft)) return;
  }
  throw new FolderLockedError(`The folder ${dir} is being locked by several processes at once. Try again.`, null);
}

/** Whether the dead owner's lock is now ours. */
async function replace(dir: string, name: string, dead: LockOwner, self: LockOwner, draft: string): Promise<boolean> {
  const path = join(dir, name);
  const right = `${name}.${dead.nonce}`;
  await take(dir, right, self, draft);
  try {
    const text = await readIfExists(path);
    if (text === null || parseOwner(text)?.nonce !== dead.nonce) return false;
    // The draft itself stays: a nested take needs it again.
    const copy = `${draft}.${dead.nonce}`;
    await link(draft, copy);
    await rename(copy, path);
    if (dead.socket !== null) await rm(join(dir, dead.socket), { force: true });
    return true;
  } finally {
    await rm(join(dir, right), { force: true });
  }
}

async function giveBack(dir: string, name: string, self: LockOwner): Promise<void> {
  const path = join(dir, name);
  const text = await readIfExists(path);
  if (text !== null && parseOwner(text)?.nonce === self.nonce) await rm(path, { force: true });
}

async function linkIfFree(draft: string, path: string): Promise<boolean> {
  try {
    await link(draft, path);
    return true;
  } catch (error) {
    if (hasCode(error, 'EEXIST')) return false;
    if (!hasCode(error, 'EPERM', 'ENOTSUP', 'ENOSYS')) throw error;
    const message = `${path} cannot be made: the file system has no hard links. Use a folder on another file system.`;
    throw new Error(message, { cause: error });
  }
}

/** A socket that proves to processes in other containers that this one lives; null where the folder cannot hold one. */
async function listenInFolder(dir: string, name: string): Promise<{ name: string; close(): Promise<void> } | null> {
  const path = join(dir, name);
  if (process.platform === 'win32' || Buffer.byteLength(path) > MAX_SOCKET_PATH) return null;
  const server = createServer((connection) => connection.destroy());
  const listening = await new Promise<boolean>((resolve) => {
    // Stays attached: running out of file descriptors later must not end the process through this socket.
    server.on('error', () => resolve(false));
    server.listen(path, () => resolve(true));
  });
  if (!listening) return null;
  server.unref();
  return { name, close: () => new Promise((resolve) => server.close(() => resolve())) };
}

function locked(dir: string, path: string, owner: LockOwner, unseen: boolean): FolderLockedError {
  if (owner.pid === process.pid && !unseen)
    return new FolderLockedError(`The folder ${dir} is already locked by this process (${owner.pid}).`, owner.pid);
  const fix = unseen
    ? `It runs in another container, so it cannot be seen from here whether it still lives. If it does not, delete ${path}.`
    : 'Stop that process, or use another folder.';
  return new FolderLockedError(`The folder ${dir} is locked by process ${owner.pid}. ${fix}`, owner.pid);
}

function unreadable(dir: string, path: string): FolderLockedError {
  const message = `The folder ${dir} is locked, but ${path} does not say by whom. If no other process uses the folder, delete that file.`;
  return new FolderLockedError(message, null);
}
