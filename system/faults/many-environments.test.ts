/** Row 38 of the failure matrix: a great many flags do not hold up whoever asks for one. */
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { runProgram } from '../child-program.ts';
import { openScene, type Scene } from '../scene.ts';

const ENVIRONMENTS = 20;
const FLAGS = 10_000;
const PAUSE_MS = 200;
const RUNS = 3;
const PROGRAM = fileURLToPath(new URL('../programs/many-environments.mjs', import.meta.url));

interface Watched {
  readonly pauseMs: number;
  readonly mostBytes: number;
  readonly ms: number;
}

interface Found {
  readonly load: Watched;
  readonly swap: Watched;
  readonly restingBytes: number;
  readonly loaded: readonly boolean[];
  readonly swapped: readonly boolean[];
}

it(`row 38: ${ENVIRONMENTS} environments of ${FLAGS} flags are loaded and swapped without a pause, and without three times the memory`, async () => {
  const scene = openScene();
  let shortest = Number.POSITIVE_INFINITY;
  // At best of three: what else the machine does takes its caches from whoever is measured.
  for (let run = 0; run < RUNS && shortest >= PAUSE_MS; run++) {
    const { load, swap, restingBytes, loaded, swapped } = await runOnce(scene);
    shortest = Math.min(shortest, Math.max(load.pauseMs, swap.pauseMs));
    console.log(
      `longest pause ${Math.round(load.pauseMs)} ms on load, ${Math.round(swap.pauseMs)} ms on swap; memory ${megabytes(restingBytes)}, ${megabytes(swap.mostBytes)} in the swap`,
    );
    expect(loaded).toEqual(Array.from({ length: ENVIRONMENTS }, () => false));
    expect(swapped).toEqual(Array.from({ length: ENVIRONMENTS }, () => true));
    expect(swap.mostBytes).toBeLessThan(3 * restingBytes);
  }
  expect(shortest).toBeLessThan(PAUSE_MS);
}, 600_000);

async function runOnce(scene: Scene): Promise<Found> {
  const args = [PROGRAM, String(ENVIRONMENTS), String(FLAGS), await scene.folder()];
  const { code, stdout, stderr } = await runProgram(scene, { args }, 300_000);
  expect(code, stderr).toBe(0);
  return JSON.parse(stdout) as Found;
}

function megabytes(bytes: number): string {
  return `${Math.round(bytes / 2 ** 20)} MB`;
}
