/** A disk of a size that a test chooses, full when it says so: a tmpfs. Linux, as root. */
import { execFile } from 'node:child_process';
import { chmod, mkdir, rm, statfs, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Scene } from './scene.ts';

export interface MemoryDisk {
  /** Where it is mounted; everybody may write there. */
  readonly path: string;
  readonly isFull: boolean;
  /** Nothing is left, not a byte, for anybody. */
  fill(): Promise<void>;
  /** What `fill` took is there again. */
  relieve(): Promise<void>;
}

const run = promisify(execFile);
const PIECE = Buffer.alloc(1 << 20);
const FILLED_IN_ROUNDS = 20;

/** Null, or why there can be none here. */
export async function makeMemoryDisk(
  scene: Scene,
  megabytes: number,
): Promise<{ readonly disk: MemoryDisk } | { readonly disk: null; readonly obstacle: string }> {
  if (process.platform !== 'linux') return { disk: null, obstacle: 'a tmpfs needs Linux' };
  if (process.getuid?.() !== 0) return { disk: null, obstacle: 'mounting a tmpfs needs root' };
  const folder = await scene.folder();
  const path = join(folder, 'disk');
  await mkdir(path);
  // The server runs under another account.
  await chmod(folder, 0o755);
  try {
    await run('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m,mode=1777`, 'tmpfs', path]);
  } catch (error) {
    const { message, stderr } = error as { readonly message: string; readonly stderr?: string };
    return { disk: null, obstacle: `a tmpfs is not possible: ${(stderr ?? message).trim()}` };
  }
  scene.atEnd(async () => void (await run('umount', ['-l', path])));
  const filler = join(path, 'filler');
  let isFull = false;
  return {
    disk: {
      path,
      get isFull() {
        return isFull;
      },
      async fill() {
        isFull = true;
        await writeFile(filler, '');
        let free = 1;
        // Whoever lives there may give something back in between.
        for (let round = 0; free > 0; round++) {
          if (round === FILLED_IN_ROUNDS) throw new Error(`${free} blocks of the disk are free still`);
          await append(filler);
          free = (await statfs(path)).bavail;
        }
      },
      async relieve() {
        await truncate(filler);
        await rm(filler);
        isFull = false;
      },
    },
  };
}

/** As much as there is room for. */
async function append(file: string): Promise<void> {
  for (let length = PIECE.length; length > 0; ) {
    const isTaken = await writeFile(file, PIECE.subarray(0, length), { flag: 'a' }).then(
      () => true,
      () => false,
    );
    if (!isTaken) length = length > 4_096 ? length >> 1 : 0;
  }
}
