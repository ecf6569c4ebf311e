import { chmod, mkdir, mkdtemp, readdir, rm, stat, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createRulesetFile } from './ruleset-file.ts';

let temporary: string;
const before = process.env['TMPDIR'];
const ours = (): string => join(temporary, `flaghoist-${process.getuid?.() ?? 'user'}`);

beforeEach(async () => {
  temporary = await mkdtemp(join(tmpdir(), 'flaghoist-file-test-'));
  process.env['TMPDIR'] = temporary;
});

afterEach(async () => {
  if (before === undefined) delete process.env['TMPDIR'];
  else process.env['TMPDIR'] = before;
  await rm(temporary, { recursive: true, force: true });
});

describe('the file of a provider without dataDir', () => {
  it('is in a folder of the user’s in the temporary folder that nobody else can enter', async () => {
    const file = createRulesetFile(null, 'print');
    expect(await file.load()).toEqual({ copies: [null, null], marks: [], quarantine: null, proven: null });
    await file.save(['one'], true);
    await file.save(['two'], true);
    expect((await file.load()).copies).toEqual(['two', 'one']);
    expect((await readdir(ours())).sort()).toEqual(['print.ruleset', 'print.ruleset.1']);
    expect((await stat(ours())).mode & 0o777).toBe(0o700);
  });

  it('is not read or written in a folder that others may write to', async () => {
    await mkdir(ours());
    await chmod(ours(), 0o777);
    const file = createRulesetFile(null, 'print');
    await expect(file.load()).rejects.toThrow('Set the option `dataDir`');
    await expect(file.save(['x'], true)).rejects.toThrow('others may write to it');
    expect(await readdir(ours())).toEqual([]);
  });

  it('is not read or written through a link that somebody has put there', async () => {
    const elsewhere = join(temporary, 'elsewhere');
    await mkdir(elsewhere, { mode: 0o700 });
    await symlink(elsewhere, ours());
    await expect(createRulesetFile(null, 'print').load()).rejects.toThrow('belongs to somebody else');
  });
});

describe('the file of a provider with dataDir', () => {
  it('shares its folder with those of other providers', async () => {
    const [one, two] = ['one', 'two'].map((print) => createRulesetFile(join(temporary, 'data'), print));
    await one?.save(['1'], true);
    await two?.save(['2'], true);
    expect([(await one?.load())?.copies[0], (await two?.load())?.copies[0]]).toEqual(['1', '2']);
  });

  it('is not written where the folder cannot be made', async () => {
    await createRulesetFile(temporary, 'print').save(['x'], true);
    const file = createRulesetFile(join(temporary, 'print.ruleset'), 'print');
    await expect(file.save(['x'], true)).rejects.toThrow();
  });
});
