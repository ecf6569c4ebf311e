/** Disks that are full: those of the primary, of one NATS node, and of an edge are of a size of their own, where that is possible. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { queryOnce } from '@flaghoist/testkit/postgres';
import { type MemoryDisk, makeMemoryDisk } from '../memory-disk.ts';
import type { Scene } from '../stage.ts';
import { until } from '../until.ts';
import type { Cluster } from './cluster.ts';
import { type Fault, pick, type Random } from './fault.ts';
import { startAgain } from './nats-faults.ts';

/** Of whom, in megabytes: more than they need in ten schedules. */
const SIZES = { primary: 320, 'NATS n1': 128, 'edge-1': 48 } as const;
const BACK_WITHIN_MS = 60_000;

type DiskOwner = keyof typeof SIZES;

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

export function fillDisk(cluster: Cluster, random: Random): Fault | null {
  const { disks } = cluster;
  const owner = disks && pick(Object.keys(disks) as readonly DiskOwner[], random);
  const disk = disks?.[owner ?? 'primary'];
  if (!owner || disk === undefined || disk.isFull || (owner === 'primary' && cluster.now.isPrimaryGone)) return null;
  return {
    name: `the disk of ${owner} is full`,
    async begin() {
      await disk.fill();
      return async () => {
        await disk.relieve();
        if (owner === 'primary') await bringBackPrimary(cluster);
        if (owner === 'NATS n1') await restartNode(cluster);
      };
    },
  };
}

/** PostgreSQL ends when it cannot write its log, perhaps only now; whoever looks after it starts it again. */
async function bringBackPrimary({ postgres: { primary }, now }: Cluster): Promise<void> {
  now.primaryComesBack = until('the primary is back', BACK_WITHIN_MS, async () => {
    if (now.isPrimaryGone) return true;
    if (!primary.alive()) await primary.restart();
    return queryOnce(primary.url, 'select 1').then(
      () => true as const,
      () => undefined,
    );
  });
  await now.primaryComesBack;
}

/** NATS 2.9 answers nothing about streams after its disk was full: the same. */
async function restartNode({ nats: { nodes } }: Cluster): Promise<void> {
  const [node] = nodes;
  if (node === undefined) return;
  await node.kill();
  await startAgain(node);
}
