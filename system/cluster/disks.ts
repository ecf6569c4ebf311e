/** Disks of a size of their own, where that is possible: of the primary, of one NATS node, and of an edge. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type MemoryDisk, makeMemoryDisk } from '../memory-disk.ts';
import type { Scene } from '../stage.ts';

/** Of whom, in megabytes: more than they need in ten schedules. */
const SIZES = { primary: 320, 'NATS n1': 128, 'edge-1': 48 } as const;
export type DiskOwner = keyof typeof SIZES;

export type ClusterDisks = Readonly<Record<DiskOwner, MemoryDisk>>;

/** Null where there can be none; `onProgress` is told why. */
export async function makeDisks(scene: Scene, onProgress: (text: string) => void): Promise<ClusterDisks | null> {
  const disks: Partial<Record<DiskOwner, MemoryDisk>> = {};
  for (const [owner, megabytes] of Object.entries(SIZES)) {
    const made = await makeMemoryDisk(scene, megabytes);
    if (made.disk === null) {
      onProgress(`No disk can be filled here: ${made.obstacle}.`);
      return null;
    }
    disks[owner as DiskOwner] = made.disk;
  }
  return disks as ClusterDisks;
}

/** A folder on it. */
export async function folderOn(disk: MemoryDisk): Promise<string> {
  const folder = join(disk.path, 'own');
  await mkdir(folder);
  return folder;
}
