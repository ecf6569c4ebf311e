/** Faults of the PostgreSQL pair. */
import type { Cluster } from './cluster.ts';
import type { Fault } from './fault.ts';

/** The primary dies for good, and an operator makes the standby the new one: once in the life of a cluster. */
export function promote({ postgres: { primary, standby }, now }: Cluster): Fault {
  return {
    name: 'the primary is killed and the standby promoted',
    isForGood: true,
    async begin() {
      now.isPrimaryGone = true;
      // It may just be coming back from a full disk.
      await now.primaryComesBack;
      if (primary.alive()) await primary.kill();
      await standby.promote();
      return () => Promise.resolve();
    },
  };
}

export function freezeStandby({ postgres: { standby } }: Cluster): Fault | null {
  return {
    name: 'the standby stands still',
    async begin() {
      await standby.freeze();
      return () => standby.thaw();
    },
  };
}
