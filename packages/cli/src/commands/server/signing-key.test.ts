import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createSignatureCheck, parseSigningKey } from '@flaghoist/runtime/crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runCommand, temporaryFolder } from '../../../test-support/run-command.ts';

let folder: ReturnType<typeof temporaryFolder>;
let file: string;

beforeEach(() => {
  folder = temporaryFolder();
  file = join(folder.path, 'signing.pem');
});
afterEach(() => folder.remove());

describe('signing-key', () => {
  it('makes a private key for its owner’s eyes and prints the public one, which checks what it signs', async () => {
    const { code, out, err } = await runCommand(['signing-key', 'create', '--out', file]);
    expect(code).toBe(0);
    expect(out).toMatch(/^[\w-]{43}\n$/);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const pem = readFileSync(file, 'utf8');
    expect(out + err).not.toContain(pem.split('\n')[1]);
    const signature = parseSigningKey(pem)?.sign('head') ?? '';
    expect(createSignatureCheck([out.trim()])('head', signature)).toBeNull();
    expect(err).toContain(`Public key ${signature.split('.')[0]} of ${file}`);
  });

  it('shows the same for a file that is there', async () => {
    const made = await runCommand(['signing-key', 'create', '--out', file, '--output', 'json']);
    const { id, publicKey } = JSON.parse(made.out) as { readonly id: string; readonly publicKey: string };
    expect(id).toMatch(/^[\w-]{16}$/);
    expect((await runCommand(['signing-key', 'show', file])).out).toBe(`${publicKey}\n`);
  });

  it('overwrites nothing', async () => {
    writeFileSync(file, 'precious');
    const { code, err } = await runCommand(['signing-key', 'create', '--out', file]);
    expect(code).toBe(1);
    expect(err).toContain('EEXIST');
    expect(readFileSync(file, 'utf8')).toBe('precious');
  });

  it('says what is wrong with a file that is none', async () => {
    writeFileSync(file, 'no key');
    expect(await runCommand(['signing-key', 'show', file])).toMatchObject({
      code: 1,
      err: expect.stringContaining('is no Ed25519 private key'),
    });
    mkdirSync(join(folder.path, 'folder'));
    expect((await runCommand(['signing-key', 'show', join(folder.path, 'folder')])).code).toBe(1);
    expect((await runCommand(['signing-key', 'create'])).code).toBe(2);
  });
});
