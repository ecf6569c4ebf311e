/** Row 38 of the failure matrix: a great many flags do not hold up whoever asks for one. */
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { runProgram } from '../child-program.ts';
import { openScene } from '../scene.ts';

const ENVIRONMENTS = 20;
const FLAGS = 10_000;
const PAUSE_MS = 200;
const PROGRAM = fileURLToPath(new URL('../programs/many-environments.mjs', import.meta.url));

interface Watched {
  readonly pauseMs: number;
  readonly mostBytes: number;
  readonly ms: number;
}

it(`row 38: ${ENVIRONMENTS} environments of ${FLAGS} flags are loaded and swapped without a pause, and without three times the memory`, async () => {
  const scene = openScene();
  const args = [PROGRAM, String(ENVIRONMENTS), String(FLAGS), await scene.folder()];
  const { code, stdout, stderr } = await runProgram(scene, { args }, 300_000);
  expect(code, stderr).toBe(0);
  const found = JSON.parse(stdout) as {
    readonly load: Watched;
    readonly swap: Watched;
    readonly restingBytes: number;
    readonly loaded: readonly boolean[];
    readonly swapped: readonly boolean[];
  };
  const { load, swap, restingBytes } = found;
  const megabytes = (bytes: number) => `${Math.round(bytes / 2 ** 20)} MB`;
  console.log(
    `longest pause ${Math.round(load.pauseMs)} ms on load, ${Math.round(swap.pauseMs)} ms on swap; memory ${megabytes(restingBytes)}, ${megabytes(swap.mostBytes)} in the swap`,
  );
  expect(found.loaded).toEqual(Array.from({ length: ENVIRONMENTS }, () => false));
  expect(found.swapped).toEqual(Array.from({ length: ENVIRONMENTS }, () => true));
  expect(load.pauseMs).toBeLessThan(PAUSE_MS);
  expect(swap.pauseMs).toBeLessThan(PAUSE_MS);
  expect(swap.mostBytes).toBeLessThan(3 * restingBytes);
}, 300_000);
