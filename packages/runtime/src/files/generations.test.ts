import { spawnSync } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createGenerations } from './generations.ts';

let folder: string;
const open = (exclusive = false) => createGenerations({ folder, name: 'copy', exclusive });

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'flaghoist-generations-'));
});

afterEach(() => rm(folder, { recursive: true, force: true }));

/** Another process leaves a mark, and dies. */
function leaveMark(): void {
  const module = fileURLToPath(new URL('../../dist/files/index.js', import.meta.url));
  const script = `const { createGenerations } = await import(${JSON.stringify(module)});
    const files = createGenerations({ folder: ${JSON.stringify(folder)}, name: 'copy', exclusive: false });
    await files.load();
    files.mark('longer, and before');
    files.mark('left');
    process.kill(process.pid, 'SIGKILL');`;
  const { signal, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', script]);
  expect([signal, String(stderr)]).toEqual(['SIGKILL', '']);
}

describe('two generations of a file', () => {
  it('are the newest and the one that was kept before it', async () => {
    const files = open();
    expect(await files.load()).toEqual({ copies: [null, null], marks: [], quarantine: null, proven: null });
    await files.save(['o', 'ne'], true);
    await files.save(['two'], true);
    await files.save(['three'], false);
    expect((await files.load()).copies).toEqual(['three', 'one']);
    expect((await readdir(folder)).sort()).toEqual(['copy', 'copy.1']);
  });

  it('keep notes until they are taken away', async () => {
    const files = open();
    await files.saveQuarantine('bad');
    expect((await files.load()).quarantine).toBe('bad');
    await files.saveQuarantine(null);
    expect((await files.load()).quarantine).toBeNull();
    await files.saveProven('good');
    expect(await open().load()).toMatchObject({ quarantine: null, proven: 'good' });
  });

  it('are not touched where the check fails', async () => {
    const check = () => Promise.reject(new Error('not ours'));
    const files = createGenerations({ folder, name: 'copy', exclusive: false, check });
    await expect(files.load()).rejects.toThrow('not ours');
    await expect(files.save(['x'], true)).rejects.toThrow('not ours');
    files.mark('x');
    expect(await readdir(folder)).toEqual([]);
  });
});

describe('a mark', () => {
  it('is found by the next processes after its own was killed, until one forgets it', async () => {
    leaveMark();
    expect((await open().load()).marks).toEqual(['left']);
    const files = open();
    expect((await files.load()).marks).toEqual(['left']);
    await files.forgetMarks();
    expect((await files.load()).marks).toEqual([]);
  });

  it('of a living process is nobody’s business', async () => {
    const [one, two] = [open(), open()];
    await one.load();
    one.mark('mine');
    expect((await two.load()).marks).toEqual([]);
    one.unmark();
    expect(await readdir(folder)).toEqual([]);
  });

  it('is anybody’s where one process at a time uses the folder', async () => {
    const [one, two] = [open(true), open(true)];
    await one.load();
    one.mark('mine');
    expect((await two.load()).marks).toEqual(['mine']);
  });

  it('that names no process is thrown away', async () => {
    await writeFile(join(folder, 'copy.trying.1-x'), 'torn');
    const files = open();
    expect((await files.load()).marks).toEqual([]);
    await files.forgetMarks();
    expect(await readdir(folder)).toEqual([]);
  });

  it('says who made it, and is replaced by the next', async () => {
    const files = open();
    await files.load();
    files.mark('the first, and longer');
    files.mark('second');
    const [name = ''] = await readdir(folder);
    expect(name).toMatch(new RegExp(`^copy\\.trying\\.${process.pid}-[0-9a-f]{16}$`));
    expect((await readFile(join(folder, name), 'utf8')).split('\n')[1]?.trimEnd()).toBe('second');
  });
});
