/** What can happen to a cluster: each fault begins, lasts a while and is healed. */
import type { NatsNode } from '@flaghoist/testkit/nats';
import type { LinkFault } from '@flaghoist/testkit/links';
import type { Cluster } from './cluster.ts';
import type { Member, MemberLink } from './member.ts';

/** Numbers in [0, 1). */
export type Random = () => number;

export interface Fault {
  /** e.g. `edge-2 is killed`. */
  readonly name: string;
  /** Nothing ends it. */
  readonly isForGood?: boolean;
  /** Resolves when it is there; answers what ends it. */
  begin(): Promise<() => Promise<void>>;
}

export interface FaultKind {
  readonly name: string;
  /** Relative to the others. */
  readonly weight: number;
  /** Null: this cluster cannot have it now. */
  plan(cluster: Cluster, random: Random): Fault | null;
}

const KINDS: readonly FaultKind[] = [
  { name: 'kill', weight: 4, plan: killMember },
  { name: 'pause', weight: 3, plan: pauseMember },
  { name: 'link', weight: 5, plan: harmLink },
  { name: 'partition', weight: 3, plan: partitionMember },
  { name: 'nats node', weight: 3, plan: loseNatsNode },
  { name: 'nats leader', weight: 1, plan: loseNatsLeader },
  { name: 'nats gone', weight: 1, plan: loseNats },
  { name: 'nats emptied', weight: 1, plan: emptyNats },
  { name: 'standby', weight: 2, plan: freezeStandby },
  { name: 'application cut', weight: 2, plan: harmApplication },
];

/** One of those that there are, at random. */
export function chooseFault(cluster: Cluster, random: Random): Fault {
  for (;;) {
    const fault = weighted(KINDS, random).plan(cluster, random);
    if (fault !== null) return fault;
  }
}

/** The names of all kinds, for results. */
export const FAULT_KINDS: readonly string[] = [...KINDS.map(({ name }) => name), 'promote'];

/** The primary dies for good, and an operator makes the standby the new one: once in the life of a cluster. */
export function promote(cluster: Cluster): Fault {
  return {
    name: 'the primary is killed and the standby promoted',
    isForGood: true,
    async begin() {
      await cluster.postgres.primary.kill();
      await cluster.postgres.standby.promote();
      return () => Promise.resolve();
    },
  };
}

function killMember(cluster: Cluster, random: Random): Fault | null {
  const member = pick(living(cluster), random);
  return (
    member && {
      name: `${member.name} is killed`,
      async begin() {
        await member.kill();
        return () => member.start();
      },
    }
  );
}

function pauseMember(cluster: Cluster, random: Random): Fault | null {
  const member = pick(living(cluster), random);
  return (
    member && {
      name: `${member.name} stands still`,
      begin() {
        member.pause();
        return Promise.resolve(() => Promise.resolve(member.resume()));
      },
    }
  );
}

/** A bit that turns between PostgreSQL and us goes unnoticed by design: TCP or TLS have to see to that, not we. */
const ON_ANY: readonly LinkFault[] = [
  { kind: 'latency', ms: 100, jitterMs: 400 },
  { kind: 'stall' },
  { kind: 'half-open' },
  { kind: 'cut' },
  { kind: 'rate', bytesPerSecond: 20_000 },
];
/** What an edge is told is hashed. */
const ON_READERS: readonly LinkFault[] = [...ON_ANY, { kind: 'flip', everyBytes: 2_000 }];

function harmLink(cluster: Cluster, random: Random): Fault | null {
  const member = pick(cluster.members, random);
  const wire = member && pick(member.links, random);
  if (member === null || wire === null) return null;
  const faults = member.roles === 'edge' && wire.to === 'nats' ? ON_READERS : ON_ANY;
  return harmed(wire, pick(faults, random) ?? { kind: 'cut' });
}

function harmApplication(cluster: Cluster, random: Random): Fault | null {
  const application = pick(cluster.applications, random);
  return application && harmed(application.link, pick(ON_READERS, random) ?? { kind: 'cut' });
}

function harmed({ name, link }: MemberLink, fault: LinkFault): Fault {
  return {
    name: `${name}: ${fault.kind}`,
    begin() {
      link.harm(fault);
      return Promise.resolve(() => Promise.resolve(link.heal()));
    },
  };
}

/** From the databases, from NATS, or from both. */
function partitionMember(cluster: Cluster, random: Random): Fault | null {
  const member = pick(cluster.members, random);
  if (member === null) return null;
  const from = pick(['database', 'nats', 'everything'] as const, random) ?? 'everything';
  const kind = pick(['stall', 'half-open', 'cut'] as const, random) ?? 'cut';
  const links = member.links.filter(({ to }) => from === 'everything' || to === from);
  return {
    name: `${member.name} is without ${from}: ${kind}`,
    begin() {
      for (const { link } of links) link.harm({ kind });
      return Promise.resolve(() => {
        for (const { link } of links) link.heal();
        return Promise.resolve();
      });
    },
  };
}

function loseNatsNode(cluster: Cluster, random: Random): Fault | null {
  const node = pick(
    cluster.nats.nodes.filter((one) => one.alive()),
    random,
  );
  if (node === null || cluster.nats.nodes.some((one) => !one.alive())) return null;
  if (random() < 0.5)
    return {
      name: `NATS ${node.name} stands still`,
      begin() {
        node.signal('SIGSTOP');
        // Another fault may have killed it meanwhile.
        return Promise.resolve(() => Promise.resolve(node.alive() && node.signal('SIGCONT')).then(() => undefined));
      },
    };
  return {
    name: `NATS ${node.name} is killed`,
    async begin() {
      await node.kill();
      return () => startAgain(node);
    },
  };
}

function loseNatsLeader(cluster: Cluster): Fault | null {
  if (cluster.nats.nodes.some((one) => !one.alive())) return null;
  return {
    name: 'the leader of the log is killed',
    async begin() {
      const [log = ''] = (await cluster.nats.streams()).filter((name) => name.includes('log'));
      const node = await cluster.nats.leaderOf(log);
      await node.kill();
      return () => startAgain(node);
    },
  };
}

function loseNats(cluster: Cluster): Fault | null {
  return allOfNats(cluster, 'NATS is gone', false);
}

function emptyNats(cluster: Cluster): Fault | null {
  return allOfNats(cluster, 'NATS loses everything', true);
}

function allOfNats({ nats }: Cluster, name: string, empties: boolean): Fault | null {
  if (nats.nodes.some((one) => !one.alive())) return null;
  return {
    name,
    async begin() {
      await Promise.all(nats.nodes.map((node) => node.kill()));
      if (empties) await Promise.all(nats.nodes.map((node) => node.empty()));
      return async () => {
        for (const node of nats.nodes) await startAgain(node);
      };
    },
  };
}

/** Unless it runs: faults overlap. */
async function startAgain(node: NatsNode): Promise<void> {
  if (!node.alive()) await node.start();
}

function freezeStandby({ postgres: { standby } }: Cluster): Fault | null {
  return {
    name: 'the standby stands still',
    async begin() {
      await standby.freeze();
      return () => standby.thaw();
    },
  };
}

function living(cluster: Cluster): readonly Member[] {
  return cluster.members.filter(({ state }) => state === 'runs');
}

function pick<T>(from: readonly T[], random: Random): T | null {
  return from[Math.floor(random() * from.length)] ?? null;
}

function weighted(kinds: readonly FaultKind[], random: Random): FaultKind {
  let left = random() * kinds.reduce((sum, { weight }) => sum + weight, 0);
  for (const kind of kinds) {
    left -= kind.weight;
    if (left < 0) return kind;
  }
  throw new Error('weights add up to what was drawn from them');
}
