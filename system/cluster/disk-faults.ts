/** Disks that are full. */
import { queryOnce } from '@flaghoist/testkit/postgres';
import { until } from '../until.ts';
import type { Cluster } from './cluster.ts';
import type { DiskOwner } from './disks.ts';
import { type Fault, pick, type Random } from './fault.ts';
import { startAgain } from './nats-faults.ts';

const BACK_WITHIN_MS = 60_000;

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
