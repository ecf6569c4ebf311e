// @ts-check
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ensureChromium } from './chromium.mjs';
import { SetupError } from './run.mjs';

describe('ensureChromium', () => {
  let folder = '';
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'flaghoist-chromium-'));
    vi.stubEnv('PATH', folder);
  });
  afterEach(() => {
    vi.unstubAllEnvs();
    rmSync(folder, { recursive: true });
  });

  /**
   * @param {string} name
   * @param {number} code
   */
  function place(name, code) {
    const path = join(folder, name);
    writeFileSync(path, `#!/bin/sh\nexit ${code}\n`);
    chmodSync(path, 0o755);
    return path;
  }

  it('takes the first browser on the PATH that starts', async () => {
    place('chromium', 1);
    const chrome = place('google-chrome', 0);
    await expect(ensureChromium()).resolves.toBe(chrome);
    const chromium = place('chromium-browser', 0);
    await expect(ensureChromium()).resolves.toBe(chromium);
  });

  it('says what to install, and which tests need none, where it cannot install one', async () => {
    await expect(ensureChromium()).rejects.toThrow(SetupError);
    await expect(ensureChromium()).rejects.toThrow('sudo apt-get install chromium');
    await expect(ensureChromium()).rejects.toThrow('npm test -- --project pure --project prop --project pg');
  });
});
