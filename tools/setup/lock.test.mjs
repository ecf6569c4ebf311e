// @ts-check
import { execFile, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { lockPath, withLock } from './lock.mjs';

/** Notes when it enters and leaves, and stays inside long enough for others to notice if they could come in. */
const WORKER = `
  import { appendFileSync } from 'node:fs';
  import { setTimeout as sleep } from 'node:timers/promises';
  const [module, folder, notes] = process.argv.slice(1);
  const { withLock } = await import(module);
  await withLock(folder, async () => {
    appendFileSync(notes, 'in ' + process.pid + '\\n');
    await sleep(50);
    appendFileSync(notes, 'out ' + process.pid + '\\n');
  });
`;

describe('withLock', () => {
  let folder = '';
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'flaghoist-lock-'));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
    rmSync(lockPath(folder), { force: true });
  });

  /** @param {number} count */
  async function runWorkers(count) {
    const notes = join(folder, 'notes');
    const module = new URL('./lock.mjs', import.meta.url).href;
    const args = ['--input-type=module', '--eval', WORKER, module, folder, notes];
    await Promise.all(Array.from({ length: count }, () => promisify(execFile)(process.execPath, args)));
    return readFileSync(notes, 'utf8').trim().split('\n');
  }

  /** @param {readonly string[]} lines */
  function expectOneAtATime(lines) {
    for (let at = 0; at < lines.length; at += 2) {
      expect(lines[at]).toMatch(/^in /);
      expect(lines[at + 1]).toBe(lines[at]?.replace('in', 'out'));
    }
  }

  it('lets one process in at a time, and each in the end', async () => {
    const lines = await runWorkers(4);
    expect(lines).toHaveLength(8);
    expectOneAtATime(lines);
  });

  it('lets one of many take over from an owner that died', async () => {
    const { pid } = spawnSync(process.execPath, ['--version']);
    writeFileSync(lockPath(folder), `${pid}\n`);
    const lines = await runWorkers(4);
    expect(lines).toHaveLength(8);
    expectOneAtATime(lines);
  });

  it('takes over from an owner that has been silent for a minute, for its number may be another process by now', async () => {
    writeFileSync(lockPath(folder), `${process.pid}\n`);
    const old = new Date(Date.now() - 61_000);
    utimesSync(lockPath(folder), old, old);
    await expect(withLock(folder, async () => 'done')).resolves.toBe('done');
  });

  it('takes over a file that nobody wrote a number into', async () => {
    writeFileSync(lockPath(folder), '');
    const old = new Date(Date.now() - 6_000);
    utimesSync(lockPath(folder), old, old);
    await expect(withLock(folder, async () => 'done')).resolves.toBe('done');
  });

  it('lets go when the work fails', async () => {
    await expect(withLock(folder, () => Promise.reject(new Error('broken')))).rejects.toThrow('broken');
    expect(existsSync(lockPath(folder))).toBe(false);
  });
});
