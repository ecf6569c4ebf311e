// @ts-check
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { run, SetupError, scriptOf } from './run.mjs';

describe('run', () => {
  it('hands back the code and both outputs', async () => {
    const script = "console.log('one'); console.error('two'); process.exitCode = 3";
    const { code, output } = await run(process.execPath, ['--eval', script]);
    expect(code).toBe(3);
    expect(output.split('\n').sort()).toEqual(['', 'one', 'two']);
  });

  it('gives 128 + the number of the signal that ended the program', async () => {
    const { code } = await run(process.execPath, [
      '--eval',
      "process.kill(process.pid, 'SIGTERM'); setInterval(() => {}, 1e3)",
    ]);
    expect(code).toBe(143);
  });

  it('kills a program that takes too long', async () => {
    const { code } = await run(process.execPath, ['--eval', 'setInterval(() => {}, 1e3)'], { timeoutMs: 200 });
    expect(code).toBe(137);
  });

  it('passes a signal on to the program and what it started, and reports it', async () => {
    const grandchild = 'console.log(process.pid); setInterval(() => {}, 1e3)';
    const child = `require('node:child_process').spawn(process.execPath, ['--eval', ${JSON.stringify(grandchild)}], { stdio: 'inherit' })`;
    const { href } = new URL('./run.mjs', import.meta.url);
    const outer = `import { run, runScript } from '${href}';
      await runScript(async () => (await run(process.execPath, ['--eval', ${JSON.stringify(child)}], { output: 'show' })).code);`;
    const outerProcess = spawn(process.execPath, ['--input-type=module', '--eval', outer], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [printed] = await once(outerProcess.stdout, 'data');
    outerProcess.kill('SIGTERM');
    const [code] = await once(outerProcess, 'exit');
    expect(code).toBe(143);
    await expect.poll(() => isAlive(Number(printed)), { timeout: 4_000 }).toBe(false);
  });

  it('says which program cannot be started', async () => {
    await expect(run('/no/such/program', [])).rejects.toThrow(SetupError);
    await expect(run('/no/such/program', [])).rejects.toThrow('/no/such/program could not be started');
  });
});

describe('scriptOf', () => {
  it('finds the script behind a command', () => {
    expect(scriptOf('vitest')).toMatch(/node_modules.vitest.vitest\.mjs$/);
    expect(scriptOf('typescript', 'tsc')).toMatch(/node_modules.typescript.bin.tsc$/);
  });

  it('says what is not installed', () => {
    expect(() => scriptOf('no-such-package')).toThrow('no-such-package is not installed: run npm ci');
  });
});

/** @param {number} pid */
function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
