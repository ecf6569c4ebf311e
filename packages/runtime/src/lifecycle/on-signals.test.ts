import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { onSignals } from './on-signals.ts';

/** Runs a main program whose stop is the given code; sends the signals, each after a further line of output. */
async function run(stop: string, signals: readonly NodeJS.Signals[]): Promise<{ code: number | null; output: string }> {
  const script = `
    import { onSignals } from '@flaghoist/runtime/lifecycle';
    const say = (text) => process.stdout.write(text + '\\n');
    setInterval(() => undefined, 1_000);
    onSignals(async () => { say('stopping'); ${stop} });
    say('running');
  `;
  const cwd = fileURLToPath(new URL('../..', import.meta.url));
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
    cwd,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  const left = [...signals];
  child.stdout.on('data', (chunk: Buffer) => {
    output += chunk.toString();
    const signal = output.split('\n').length - 1 > signals.length - left.length ? left.shift() : undefined;
    if (signal) child.kill(signal);
  });
  child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, output };
}

describe('onSignals', () => {
  it.each(['SIGTERM', 'SIGINT'] as const)('stops in order at %s and ends with code 0', async (signal) => {
    const { code, output } = await run(`await new Promise((r) => setTimeout(r, 20)); say('stopped');`, [signal]);
    expect({ code, output }).toEqual({ code: 0, output: 'running\nstopping\nstopped\n' });
  });

  it('ends at once at the second signal', async () => {
    const hang = 'await new Promise(() => undefined);';
    expect((await run(hang, ['SIGTERM', 'SIGTERM'])).code).toBe(143);
    expect((await run(hang, ['SIGTERM', 'SIGINT'])).code).toBe(130);
  });

  it('ends with code 1 and says why when stopping fails', async () => {
    const { code, output } = await run(`throw new Error('no way');`, ['SIGTERM']);
    expect(code).toBe(1);
    expect(output).toContain('Stopping failed: Error: no way');
  });

  it('takes its handlers away again', () => {
    const count = (): readonly number[] => [process.listenerCount('SIGTERM'), process.listenerCount('SIGINT')];
    const before = count();
    const remove = onSignals(() => Promise.resolve());
    expect(count()).toEqual(before.map((number) => number + 1));
    remove();
    expect(count()).toEqual(before);
  });
});
