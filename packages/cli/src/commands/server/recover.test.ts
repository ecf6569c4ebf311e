import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runCommand, temporaryFolder } from '../../../test-support/run-command.ts';

let folder: ReturnType<typeof temporaryFolder>;
let data: string;

beforeEach(() => {
  folder = temporaryFolder();
  data = join(folder.path, 'data');
  mkdirSync(data);
  writeFileSync(join(data, 'secret'), 'of a server that was started');
});
afterEach(() => folder.remove());

describe('setup --recover', () => {
  it('leaves the hash of a secret in the data folder, for its owner only, and prints the link once', async () => {
    const { code, out } = await runCommand(['setup', '--recover', '--data', data]);
    expect(code).toBe(0);
    const secret = /http:\/\/127\.0\.0\.1:4242\/setup#(fhi_\S+)/.exec(out)?.[1] ?? '';
    const file = join(data, 'recovery');
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const text = readFileSync(file, 'utf8');
    expect(text).not.toContain(secret.split('_')[2]);
    expect(Object.keys(JSON.parse(text) as object)).toEqual(['sha256', 'expiresAt']);
  });

  it('names the address at which people reach the server', async () => {
    const link = async (argv: readonly string[], env = {}): Promise<string> => {
      const { out } = await runCommand(['setup', '--recover', '--data', data, '--output', 'json', ...argv], { env });
      return (JSON.parse(out) as { link: string }).link;
    };
    expect(await link(['--url', 'https://a.example'])).toMatch(/^https:\/\/a\.example\/setup#fhi_/);
    const env = { FLAGHOIST_PUBLIC_URL: 'https://b.example' };
    expect(await link([], env)).toMatch(/^https:\/\/b\.example\/setup#fhi_/);
    expect(await link([], { FLAGHOIST_PORT: '8080' })).toMatch(/^http:\/\/127\.0\.0\.1:8080\/setup#fhi_/);
  });

  it('makes no link for a folder that no server has used', async () => {
    const { code, err } = await runCommand(['setup', '--recover', '--data', folder.path]);
    expect(code).toBe(1);
    expect(err).toContain('is not the data folder of a server');
  });

  it.each([[['--recover', 'fhi_x']], [['fhi_x', '--data', '/tmp']], [[]]])('%j is wrong use', async (argv) => {
    expect(await runCommand(['setup', ...argv])).toMatchObject({ code: 2 });
  });
});
