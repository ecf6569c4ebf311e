import { execFile } from 'node:child_process';
import { readdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { KEY } from '../test-support/native-door.ts';
import { Scene } from '../test-support/scene.ts';

const scene = Scene.forEachTest();
const SCRIPT = fileURLToPath(new URL('../test-support/lone-process.mjs', import.meta.url));

/** What a process of its own prints; rejects when it does not end by itself. */
async function run(...more: readonly string[]): Promise<string> {
  const args = [SCRIPT, scene.door.url, KEY, scene.dataDir, ...more];
  const { stdout } = await promisify(execFile)(process.execPath, args, { timeout: 20_000 });
  return stdout;
}

describe('a process whose provider is never closed', () => {
  it('waits for the ruleset, and ends when it has nothing else to do', { timeout: 30_000 }, async () => {
    expect(await run()).toBe('false\n');
  });

  it('accuses no ruleset when it ends as it was meant to, and does when it is killed', {
    timeout: 30_000,
  }, async () => {
    await run();
    expect(await readdir(scene.dataDir)).toEqual([expect.stringMatching(/\.ruleset$/)]);
    await expect(run('--kill')).rejects.toMatchObject({ signal: 'SIGKILL' });
    expect(await readdir(scene.dataDir)).toContainEqual(expect.stringContaining('.ruleset.trying.'));
  });

  it('ends, too, while no server can be reached', { timeout: 30_000 }, async () => {
    await scene.door.close();
    expect(await run()).toBe('PROVIDER_NOT_READY\ntrue\n');
  });
});
