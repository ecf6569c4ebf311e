import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { generateSigningKey, parseSigningKey } from '@flaghoist/runtime/crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadSigningKey, loadTrustedKeys } from './signature-keys.ts';

let folder: string;
let file: string;
const pem = generateSigningKey();
const key = parseSigningKey(pem);
const other = parseSigningKey(generateSigningKey());
const signature = key?.sign('head') ?? '';

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'flaghoist-keys-'));
  file = join(folder, 'key');
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe('a signing key in a file', () => {
  it('is read when only its owner can', async () => {
    await writeFile(file, pem, { mode: 0o600 });
    expect((await loadSigningKey(file)).sign('head')).toBe(signature);
  });

  it.each([0o644, 0o640, 0o604])('is refused with mode %o, and what to do is said', async (mode) => {
    await writeFile(file, pem);
    await chmod(file, mode);
    await expect(loadSigningKey(file)).rejects.toMatchObject({
      code: 'FLAGHOIST_SIGNING_KEY',
      message: expect.stringContaining(`chmod 600 ${file}`),
    });
  });

  it('is refused when it is missing, a folder or no key', async () => {
    await expect(loadSigningKey(file)).rejects.toThrow('cannot be read: ENOENT');
    await expect(loadSigningKey(folder)).rejects.toThrow('cannot be read: EISDIR');
    await writeFile(file, 'no key', { mode: 0o600 });
    const refusal = loadSigningKey(file);
    await expect(refusal).rejects.toThrow('no Ed25519 private key');
    await expect(refusal).rejects.toThrow('flaghoist signing-key create');
  });
});

describe('trusted keys', () => {
  it('are keys, and files with one a line', async () => {
    await writeFile(file, `# the old one\n\n  ${key?.publicKey}\r\n`);
    const { check } = await loadTrustedKeys([other?.publicKey ?? '', file]);
    expect([check('head', signature), check('head', other?.sign('head') ?? '')]).toEqual([null, null]);
    expect((await loadTrustedKeys([other?.publicKey ?? ''])).check('head', signature)).toContain('not trusted');
  });

  it('are refused when one is neither, or there is none in the end', async () => {
    await expect(loadTrustedKeys([`${key?.publicKey}x`])).rejects.toMatchObject({
      code: 'FLAGHOIST_TRUSTED_KEYS',
      message: expect.stringContaining('neither a public key of 43 characters nor a file'),
    });
    await writeFile(file, `${key?.publicKey}\nwrong\n`);
    await expect(loadTrustedKeys([file])).rejects.toThrow(`Key 2 in ${file}`);
    await writeFile(file, '# nothing\n');
    await expect(loadTrustedKeys([file])).rejects.toThrow('none is named');
    await expect(loadTrustedKeys([])).rejects.toThrow('none is named');
  });
});
