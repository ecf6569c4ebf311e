import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readIfExists } from './read-if-exists.ts';
import { writeAtomically } from './write-atomically.ts';

let dir = '';
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'files-'));
});
afterEach(() => rm(dir, { recursive: true, force: true }));

describe('writeAtomically', () => {
  it('writes texts and bytes one after another', async () => {
    const path = join(dir, 'copy');
    await writeAtomically(path, ['flag é\n', new Uint8Array([0, 255]), '', '😀']);
    const expected = Buffer.concat([Buffer.from('flag é\n'), Buffer.from([0, 255]), Buffer.from('😀')]);
    expect(Buffer.compare(await readFile(path), expected)).toBe(0);
  });

  it('writes many chunks of all sizes without losing a byte', async () => {
    const path = join(dir, 'copy');
    const chunks = Array.from({ length: 3_000 }, (_, i) => `${i}:${'x'.repeat((i * 37) % 700)}\n`);
    chunks.push('y'.repeat(700_000), 'end');
    await writeAtomically(path, chunks);
    expect((await readFile(path, 'utf8')) === chunks.join('')).toBe(true);
  });

  it('replaces the content as a whole and leaves no other file behind', async () => {
    const path = join(dir, 'copy');
    await writeFile(path, 'a much longer content than the new one');
    await writeAtomically(path, ['new']);
    expect(await readFile(path, 'utf8')).toBe('new');
    expect(await readdir(dir)).toEqual(['copy']);
  });

  it('makes a file that only its owner can read', async () => {
    const path = join(dir, 'copy');
    await writeAtomically(path, ['secret']);
    expect((await stat(path)).mode & 0o777).toBe(0o600);
  });

  it('can write an empty file', async () => {
    const path = join(dir, 'copy');
    await writeAtomically(path, []);
    expect(await readFile(path, 'utf8')).toBe('');
  });

  it('keeps the old content and leaves nothing behind when it fails', async () => {
    // A folder with something in it cannot be replaced by a file.
    const path = join(dir, 'copy');
    await writeAtomically(join(dir, 'other'), ['old']);
    await mkdir(join(path, 'inside'), { recursive: true });
    await expect(writeAtomically(path, ['new'])).rejects.toThrow();
    expect((await readdir(dir)).sort()).toEqual(['copy', 'other']);
  });

  it('rejects when the folder is missing', async () => {
    await expect(writeAtomically(join(dir, 'missing', 'copy'), ['new'])).rejects.toThrow(/ENOENT/);
  });

  it('never shows a reader a mixture while several writers write', async () => {
    const path = join(dir, 'copy');
    const contents = Array.from({ length: 8 }, (_, i) => String(i).repeat(200_000));
    await writeAtomically(path, [contents.at(0)!]);
    const writing = Promise.all(contents.map((content) => writeAtomically(path, [content])));
    for (let read = 0; read < 50; read++) expect(contents.includes(await readFile(path, 'utf8'))).toBe(true);
    await writing;
    expect(await readdir(dir)).toEqual(['copy']);
  });
});

describe('readIfExists', () => {
  it('reads a text', async () => {
    await writeFile(join(dir, 'a'), 'é');
    expect(await readIfExists(join(dir, 'a'))).toBe('é');
  });

  it('answers null for a missing file and a missing folder', async () => {
    expect(await readIfExists(join(dir, 'missing'))).toBeNull();
    expect(await readIfExists(join(dir, 'missing', 'a'))).toBeNull();
  });

  it('rejects when there is something that cannot be read', async () => {
    await expect(readIfExists(dir)).rejects.toThrow(/EISDIR/);
  });
});
