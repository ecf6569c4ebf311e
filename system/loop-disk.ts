/**
 * A disk whose power can be cut: ext4 in a file, mounted through a loop device. What the file holds is what was really
 * written to the disk; a copy of it, mounted, is what a machine finds when the power is back. Linux, as root.
 */
import { execFile } from 'node:child_process';
import { copyFile, mkdir, open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Scene } from './scene.ts';

export interface LoopDisk {
  /** Where it is mounted now. */
  readonly path: string;
  /**
   * The power goes, and is back: from here on the disk is what was on it when this was called, mounted at the same path.
   * Whoever uses it must stand still, and be dead before `whenDead` resolves.
   */
  cut(whenDead: () => Promise<void>): Promise<void>;
}

const run = promisify(execFile);
const COPIES = 50;

/** Why disks cannot be mounted here; null: they can. */
export async function findObstacle(scene: Scene): Promise<string | null> {
  if (process.platform !== 'linux') return 'loop-mounted disks need Linux';
  if (process.getuid?.() !== 0) return 'mounting a disk needs root';
  try {
    await makeDisk(scene, 8);
    return null;
  } catch (error) {
    const { message, stderr } = error as { readonly message: string; readonly stderr?: string };
    return `a loop-mounted ext4 is not possible: ${(stderr ?? message).trim()}`;
  }
}

export async function makeDisk(scene: Scene, megabytes: number): Promise<LoopDisk> {
  const folder = await scene.folder();
  const path = join(folder, 'disk');
  await mkdir(path);
  let generation = 0;
  const image = (): string => join(folder, `image-${generation}`);
  const file = await open(image(), 'w');
  await file.truncate(megabytes << 20);
  await file.close();
  await run('mkfs.ext4', ['-q', '-F', image()]);
  let isMounted = false;
  const mount = async (): Promise<void> => {
    await run('mount', ['-o', 'loop', image(), path]);
    isMounted = true;
  };
  const unmount = async (): Promise<void> => {
    if (isMounted) await run('umount', [path]);
    isMounted = false;
  };
  await mount();
  scene.atEnd(unmount);
  return {
    path,
    async cut(whenDead) {
      const before = image();
      generation += 1;
      await copyAsOfOneMoment(before, image());
      await whenDead();
      // What the kernel writes now is written to a disk that nobody reads any more.
      await unmount();
      await rm(before);
      await mount();
    },
  };
}

/** The kernel writes to the file at any time: a copy that differs from it afterwards is of no moment at all. */
async function copyAsOfOneMoment(from: string, to: string): Promise<void> {
  for (let copies = 0; copies < COPIES; copies++) {
    await copyFile(from, to);
    const same = await run('cmp', ['-s', from, to]).then(
      () => true,
      () => false,
    );
    if (same) return;
  }
  throw new Error(`${from} never stood still long enough to be copied`);
}
