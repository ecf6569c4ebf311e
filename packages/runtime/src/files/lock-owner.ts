/** Who holds a lock, and whether that process still lives. */
import { randomBytes } from 'node:crypto';
import { readFile, readlink } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { hasCode } from './error-code.ts';

/** A process, named so that no other process is ever mistaken for it. Members are null where the platform has none. */
export interface LockOwner {
  readonly pid: number;
  /** When the process started, in clock ticks since boot: field 22 of /proc/PID/stat. */
  readonly start: string | null;
  /** Changes with each boot of the machine. */
  readonly boot: string | null;
  /** The process id namespace (a container has its own), in which `pid` has its meaning. */
  readonly space: string | null;
  /** Name of a socket in the locked folder on which the owner listens while it lives. */
  readonly socket: string | null;
  /** Random for each attempt to take a lock. */
  readonly nonce: string;
}

export async function describeThisProcess(): Promise<Omit<LockOwner, 'socket'>> {
  const status = await readStatus('self');
  return {
    pid: process.pid,
    start: status?.start ?? null,
    boot: await textOrNull(readFile('/proc/sys/kernel/random/boot_id', 'utf8')),
    space: await textOrNull(readlink('/proc/self/ns/pid')),
    nonce: randomBytes(8).toString('hex'),
  };
}

/** `unknown`: it cannot be seen from here, so it has to be taken for alive. */
export type Liveness = 'alive' | 'dead' | 'unknown';

/** Whether the owner of a lock in `dir` lives, as seen by the process `self`. */
export async function checkLiveness(dir: string, owner: LockOwner, self: Omit<LockOwner, 'socket'>): Promise<Liveness> {
  if (owner.boot !== null && self.boot !== null && owner.boot !== self.boot) return 'dead';
  // In another container the number means another process, and every container's first process has number 1: two of
  // them on one volume would both think the other dead. A socket in the folder is seen by both.
  if (owner.space !== self.space) return owner.socket === null ? 'unknown' : knock(join(dir, owner.socket));
  if (!processExists(owner.pid)) return 'dead';
  if (owner.start === null || self.start === null) return 'alive';
  const status = await readStatus(String(owner.pid));
  // Unreadable: it has just ended, or /proc hides other users' processes.
  if (status === null) return processExists(owner.pid) ? 'alive' : 'dead';
  return status.start !== owner.start || status.ended ? 'dead' : 'alive';
}

/** Null when the text is not one that `JSON.stringify` made of a LockOwner. */
export function parseOwner(text: string): LockOwner | null {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  if (typeof value !== 'object' || value === null) return null;
  const owner = value as LockOwner;
  const texts = [owner.start, owner.boot, owner.space].every((text) => text === null || typeof text === 'string');
  const socket = owner.socket === null || (typeof owner.socket === 'string' && /^[\w.-]+$/.test(owner.socket));
  const nonce = typeof owner.nonce === 'string' && /^[0-9a-f]{16}$/.test(owner.nonce);
  return Number.isSafeInteger(owner.pid) && owner.pid > 0 && texts && socket && nonce ? owner : null;
}

function processExists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return !hasCode(error, 'ESRCH');
  }
}

/** Start time, and whether the process has ended and only waits to be collected by its parent. */
async function readStatus(pid: string): Promise<{ readonly start: string; readonly ended: boolean } | null> {
  const text = await textOrNull(readFile(`/proc/${pid}/stat`, 'utf8'));
  if (text === null) return null;
  // Field 2 is the program's name in brackets and may hold spaces and brackets: fields are counted from its end.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  const start = fields[22 - 3];
  return start === undefined ? null : { start, ended: fields[0] === 'Z' || fields[0] === 'X' };
}

async function textOrNull(reading: Promise<string>): Promise<string | null> {
  try {
    return (await reading).trim();
  } catch {
    return null;
  }
}

/** The kernel answers for the owner, also when it is busy or stopped; only a closed socket proves its death. */
function knock(path: string): Promise<Liveness> {
  return new Promise((resolve) => {
    const socket = connect(path);
    const settle = (liveness: Liveness) => {
      socket.destroy();
      resolve(liveness);
    };
    socket.setTimeout(1_000, () => settle('unknown'));
    socket.once('connect', () => settle('alive'));
    socket.once('error', (error) => settle(hasCode(error, 'ECONNREFUSED', 'ENOENT') ? 'dead' : 'unknown'));
  });
}
