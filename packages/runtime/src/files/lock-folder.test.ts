import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FolderLockedError, lockFolder } from './lock-folder.ts';
import { describeThisProcess, type LockOwner } from './lock-owner.ts';

/** Says `ready`, takes the folder when told to, says `won` or why not, and holds it until it is killed. */
const TAKER = `
  import { lockFolder } from '@flaghoist/runtime/files';
  const say = (text) => process.stdout.write(text + '\\n');
  process.stdin.on('data', () => lockFolder(process.argv[1]).then(() => say('won'), (error) => say(error.message)));
  say('ready');
`;

interface Taker {
  readonly pid: number;
  take(): Promise<string>;
  kill(): Promise<void>;
}

let dir = '';
const children: ChildProcess[] = [];

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'lock-'));
});
afterEach(async () => {
  await Promise.all(children.splice(0).map(end));
  await rm(dir, { recursive: true, force: true });
});

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill('SIGKILL');
  await exited;
}

async function startTaker(): Promise<Taker> {
  const cwd = fileURLToPath(new URL('../..', import.meta.url));
  const child = spawn(process.execPath, ['--input-type=module', '-e', TAKER, dir], {
    cwd,
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  children.push(child);
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const line = async (): Promise<string> => String((await lines.next()).value);
  expect(await line()).toBe('ready');
  return {
    pid: child.pid!,
    take() {
      child.stdin.write('take\n');
      return line();
    },
    kill: () => end(child),
  };
}

async function readLock(): Promise<LockOwner> {
  return JSON.parse(await readFile(join(dir, 'lock'), 'utf8')) as LockOwner;
}

const writeLock = (owner: LockOwner): Promise<void> => writeFile(join(dir, 'lock'), JSON.stringify(owner));

/** The lock of a process that was killed while it held it. */
async function leaveDeadLock(): Promise<LockOwner> {
  const taker = await startTaker();
  expect(await taker.take()).toBe('won');
  await taker.kill();
  return readLock();
}

const outcomes = async (takes: readonly Promise<unknown>[]): Promise<{ won: number; lost: unknown[] }> => {
  const settled = await Promise.allSettled(takes);
  const lost = settled.filter((result) => result.status === 'rejected').map((result) => result.reason as unknown);
  return { won: settled.length - lost.length, lost };
};

describe('a folder lock', () => {
  it('is refused while the process that holds it lives, with its number and what to do', async () => {
    const taker = await startTaker();
    expect(await taker.take()).toBe('won');
    const error = await lockFolder(dir).catch((error: unknown) => error);
    expect(error).toBeInstanceOf(FolderLockedError);
    expect(error).toMatchObject({ pid: taker.pid });
    expect(String(error)).toContain(`is locked by process ${taker.pid}. Stop that process, or use another folder.`);
  });

  it('is taken over from a process that was killed', async () => {
    const dead = await leaveDeadLock();
    const lock = await lockFolder(dir);
    expect(await readLock()).toMatchObject({ pid: process.pid });
    expect(dead.pid).not.toBe(process.pid);
    await lock.release();
    expect(await readdir(dir)).toEqual([]);
  });

  it('is refused to the process that holds it already, and free after its release', async () => {
    const lock = await lockFolder(dir);
    await expect(lockFolder(dir)).rejects.toThrow(`already locked by this process (${process.pid})`);
    await lock.release();
    await lock.release();
    expect(await readdir(dir)).toEqual([]);
    await (await lockFolder(dir)).release();
  });

  it('names process, start time and boot', async () => {
    const lock = await lockFolder(dir);
    const owner = await readLock();
    expect(owner.pid).toBe(process.pid);
    expect(owner.start).toMatch(/^\d+$/);
    expect(owner.boot).toMatch(/^[0-9a-f-]{36}$/);
    await lock.release();
  });

  it('is taken over when the number now belongs to another process', async () => {
    const self = await describeThisProcess();
    await writeLock({ ...self, start: '1', socket: null, nonce: '0123456789abcdef' });
    await (await lockFolder(dir)).release();
  });

  it('is taken over after a restart of the machine, though a process has the same number and start time', async () => {
    const self = await describeThisProcess();
    await writeLock({ ...self, boot: '00000000-0000-0000-0000-000000000000', socket: null, nonce: '0123456789abcdef' });
    await (await lockFolder(dir)).release();
  });

  it('is refused while its holder in another container lives, and taken over when it is dead', async () => {
    const taker = await startTaker();
    expect(await taker.take()).toBe('won');
    // Seen from another container the number means nothing: only the socket tells.
    await writeLock({ ...(await readLock()), pid: 1, space: 'pid:[1]' });
    await expect(lockFolder(dir)).rejects.toMatchObject({ name: 'FolderLockedError', pid: 1 });
    await taker.kill();
    await (await lockFolder(dir)).release();
    expect(await readdir(dir)).toEqual([]);
  });

  it('is refused when its holder in another container cannot be asked', async () => {
    const self = await describeThisProcess();
    await writeLock({ ...self, pid: 1, space: 'pid:[1]', socket: null, nonce: '0123456789abcdef' });
    await expect(lockFolder(dir)).rejects.toThrow(`If it does not, delete ${join(dir, 'lock')}.`);
  });

  it.each(['', '{', '{"pid":1}', 'null'])('is refused when the lock file says %j', async (text) => {
    await writeFile(join(dir, 'lock'), text);
    await expect(lockFolder(dir)).rejects.toThrow('does not say by whom');
    expect(await readdir(dir)).toEqual(['lock']);
  });

  it('works in a folder whose path is too long for a socket', async () => {
    const deep = join(dir, 'd'.repeat(120));
    await mkdir(deep);
    const lock = await lockFolder(deep);
    expect(await readdir(deep)).toEqual(['lock']);
    await expect(lockFolder(deep)).rejects.toThrow('already locked by this process');
    await lock.release();
    expect(await readdir(deep)).toEqual([]);
  });

  it('leaves nothing of a refused attempt behind', async () => {
    const lock = await lockFolder(dir);
    const before = await readdir(dir);
    await expect(lockFolder(dir)).rejects.toThrow();
    expect(await readdir(dir)).toEqual(before);
    await lock.release();
  });
});

describe('of many that take a dead lock at once', () => {
  it('exactly one of several processes wins', async () => {
    const takers = await Promise.all(Array.from({ length: 6 }, startTaker));
    await leaveDeadLock();
    const answers = await Promise.all(takers.map((taker) => taker.take()));
    const winner = takers.at(answers.indexOf('won'))!;
    expect(answers.filter((answer) => answer === 'won')).toHaveLength(1);
    expect(answers.filter((answer) => answer.includes(`is locked by process ${winner.pid}`))).toHaveLength(5);
    expect(await readLock()).toMatchObject({ pid: winner.pid });
  });

  it('exactly one of many attempts in one process wins, again and again', async () => {
    const dead = await leaveDeadLock();
    for (let round = 0; round < 20; round++) {
      await writeLock(dead);
      const { won, lost } = await outcomes(Array.from({ length: 12 }, () => lockFolder(dir)));
      expect(won).toBe(1);
      expect(lost.every((error) => error instanceof FolderLockedError)).toBe(true);
      await rm(join(dir, 'lock'));
    }
  });

  it('exactly one wins when an earlier taker died in the middle of taking over', async () => {
    const dead = await leaveDeadLock();
    const halfway = { ...dead, nonce: 'fedcba9876543210' };
    await writeFile(join(dir, `lock.${dead.nonce}`), JSON.stringify(halfway));
    const { won } = await outcomes(Array.from({ length: 12 }, () => lockFolder(dir)));
    expect(won).toBe(1);
    expect(await readLock()).toMatchObject({ pid: process.pid });
  });

  it('no two hold it at the same time when it is taken and given back quickly', async () => {
    let holders = 0;
    let wins = 0;
    const visit = async (): Promise<void> => {
      const lock = await lockFolder(dir).catch(() => null);
      if (lock === null) return;
      wins++;
      expect(++holders).toBe(1);
      await readdir(dir);
      holders--;
      await lock.release();
    };
    const visitor = async (): Promise<void> => {
      for (let i = 0; i < 25; i++) await visit();
    };
    await Promise.all(Array.from({ length: 4 }, visitor));
    expect(wins).toBeGreaterThan(0);
  });
});
