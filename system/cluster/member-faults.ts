/** Faults of single processes of Flaghoist, of the wires between them and what they need, and of what is in front of them. */
import type { LinkFault } from '@flaghoist/testkit/links';
import type { Cluster } from './cluster.ts';
import { type Fault, pick, type Random } from './fault.ts';
import type { Member, MemberLink } from './member.ts';

export function killMember(cluster: Cluster, random: Random): Fault | null {
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

export function pauseMember(cluster: Cluster, random: Random): Fault | null {
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

export function harmLink(cluster: Cluster, random: Random): Fault | null {
  const member = pick(cluster.members, random);
  const wire = member && pick(member.links, random);
  if (member === null || wire === null) return null;
  const faults = member.roles === 'edge' && wire.to === 'nats' ? ON_READERS : ON_ANY;
  return harmed(wire, pick(faults, random) ?? { kind: 'cut' });
}

export function harmApplication(cluster: Cluster, random: Random): Fault | null {
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
export function partitionMember(cluster: Cluster, random: Random): Fault | null {
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

const HOUR_SECONDS = 3_600;
const STEPS = { 'an hour': HOUR_SECONDS, 'a day': 24 * HOUR_SECONDS };

/** What people see of it steps; what a process waits by does not. */
export function stepClock(cluster: Cluster, random: Random): Fault | null {
  const member = pick(
    living(cluster).filter(({ clock }) => clock?.seconds === 0),
    random,
  );
  const [words, seconds] = pick(Object.entries(STEPS), random) ?? ['', 0];
  const isForward = random() < 0.5;
  const clock = member?.clock ?? null;
  return (
    clock && {
      name: `the clock of ${member?.name} steps ${words} ${isForward ? 'forward' : 'back'}`,
      async begin() {
        await clock.step(isForward ? seconds : -seconds);
        return () => clock.step(0);
      },
    }
  );
}

/** Its processes one and all. One fault at a time: what is dead cannot stand still. */
export function harmNginx({ nginx, now }: Cluster, random: Random): Fault | null {
  if (now.isNginxHarmed) return null;
  const isKilled = random() < 0.5;
  return {
    name: `nginx ${isKilled ? 'is killed' : 'stands still'}`,
    async begin() {
      now.isNginxHarmed = true;
      await (isKilled ? nginx.kill() : nginx.pause());
      return async () => {
        if (isKilled) await nginx.restart();
        else nginx.resume();
        now.isNginxHarmed = false;
      };
    },
  };
}

function living(cluster: Cluster): readonly Member[] {
  return cluster.members.filter(({ state }) => state === 'runs');
}
