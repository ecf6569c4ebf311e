/** A wall clock of its own for one process, which steps while that runs: by libfaketime. Linux. */
import { existsSync, readdirSync } from 'node:fs';
import { rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Scene } from './stage.ts';

export interface SteppedClock {
  /** What the process has to be started with. Timers and monotonic clocks stay true. */
  readonly env: Readonly<Record<string, string>>;
  /** How far it is from the clock of the machine. */
  readonly seconds: number;
  /** Forward or back; 0: the machine's. In force with the next look at it. */
  step(seconds: number): Promise<void>;
  /** Removes what a killed process of that id left behind, over which the next one of the same id would fall. */
  tidy(pid: number): Promise<void>;
}

/** Null: libfaketime is not on this machine. */
export function findFaketime(): string | null {
  if (process.platform !== 'linux') return null;
  // Debian has a folder for each kind of machine.
  const folders = ['/usr/local/lib', '/usr/lib', ...readdirSync('/usr/lib').map((name) => join('/usr/lib', name))];
  return folders.map((folder) => join(folder, 'faketime', 'libfaketimeMT.so.1')).find(existsSync) ?? null;
}

export async function makeSteppedClock(scene: Scene, library: string): Promise<SteppedClock> {
  const file = join(await scene.folder(), 'clock');
  let offset = 0;
  const step = async (seconds: number): Promise<void> => {
    offset = seconds;
    // Nobody reads a half.
    await writeFile(`${file}.next`, `${seconds < 0 ? '' : '+'}${seconds}\n`);
    await rename(`${file}.next`, file);
  };
  await step(0);
  return {
    env: {
      LD_PRELOAD: library,
      FAKETIME_TIMESTAMP_FILE: file,
      FAKETIME_NO_CACHE: '1',
      FAKETIME_DONT_FAKE_MONOTONIC: '1',
      NO_FAKE_STAT: '1',
    },
    get seconds() {
      return offset;
    },
    step,
    async tidy(pid) {
      for (const name of ['faketime_shm', 'sem.faketime_sem']) await rm(`/dev/shm/${name}_${pid}`, { force: true });
    },
  };
}
