/** What can happen to a cluster, and how often. */
import type { Cluster } from './cluster.ts';
import { freezeStandby } from './database-faults.ts';
import { fillDisk } from './disk-faults.ts';
import type { Fault, FaultKind, Random } from './fault.ts';
import {
  harmApplication,
  harmLink,
  harmNginx,
  killMember,
  partitionMember,
  pauseMember,
  stepClock,
} from './member-faults.ts';
import { deleteStream, emptyNats, harmRoutes, loseNats, loseNatsLeader, loseNatsNode } from './nats-faults.ts';

const KINDS: readonly FaultKind[] = [
  { name: 'kill', weight: 4, plan: killMember },
  { name: 'pause', weight: 3, plan: pauseMember },
  { name: 'link', weight: 5, plan: harmLink },
  { name: 'partition', weight: 3, plan: partitionMember },
  { name: 'clock', weight: 2, plan: stepClock },
  { name: 'disk full', weight: 2, plan: fillDisk },
  { name: 'nats node', weight: 3, plan: loseNatsNode },
  { name: 'nats leader', weight: 1, plan: loseNatsLeader },
  { name: 'nats gone', weight: 1, plan: loseNats },
  { name: 'nats emptied', weight: 1, plan: emptyNats },
  { name: 'nats routes', weight: 3, plan: harmRoutes },
  { name: 'stream deleted', weight: 1, plan: deleteStream },
  { name: 'standby', weight: 2, plan: freezeStandby },
  { name: 'nginx', weight: 1, plan: harmNginx },
  { name: 'application cut', weight: 2, plan: harmApplication },
];

export interface ChosenFault extends Fault {
  /** As results and the manual name it. */
  readonly kind: string;
}

/** One of those that there are, at random; those that this machine cannot have are never chosen. */
export function chooseFault(cluster: Cluster, random: Random): ChosenFault {
  for (;;) {
    const kind = weighted(KINDS, random);
    const fault = kind.plan(cluster, random);
    if (fault !== null) return { kind: kind.name, ...fault };
  }
}

function weighted(kinds: readonly FaultKind[], random: Random): FaultKind {
  let left = random() * kinds.reduce((sum, { weight }) => sum + weight, 0);
  for (const kind of kinds) {
    left -= kind.weight;
    if (left < 0) return kind;
  }
  throw new Error('weights add up to what was drawn from them');
}
