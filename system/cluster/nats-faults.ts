/** Faults of the NATS servers, of what they hold, and of the wires between them. */
import type { LinkFault } from '@flaghoist/testkit/links';
import type { NatsNode } from '@flaghoist/testkit/nats';
import { until } from '../until.ts';
import type { Cluster } from './cluster.ts';
import { type Fault, pick, type Random } from './fault.ts';

const LOG_WITHIN_MS = 90_000;

export function loseNatsNode(cluster: Cluster, random: Random): Fault | null {
  const node = pick(cluster.nats.nodes, random);
  if (node === null || !areAllAlive(cluster)) return null;
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

export function loseNatsLeader(cluster: Cluster): Fault | null {
  if (!areAllAlive(cluster)) return null;
  return {
    name: 'the leader of the log is killed',
    async begin() {
      // One that was just lost or deleted is made anew.
      const log = await until('the log', LOG_WITHIN_MS, async () =>
        (await cluster.nats.streams()).find((name) => name.includes('log')),
      );
      const node = await cluster.nats.leaderOf(log);
      await node.kill();
      return () => startAgain(node);
    },
  };
}

export function loseNats(cluster: Cluster): Fault | null {
  return allOfNats(cluster, 'NATS is gone', false);
}

export function emptyNats(cluster: Cluster): Fault | null {
  return allOfNats(cluster, 'NATS loses everything', true);
}

function allOfNats(cluster: Cluster, name: string, empties: boolean): Fault | null {
  if (!areAllAlive(cluster)) return null;
  const { nodes } = cluster.nats;
  return {
    name,
    async begin() {
      await Promise.all(nodes.map((node) => node.kill()));
      if (empties) await Promise.all(nodes.map((node) => node.empty()));
      return async () => {
        for (const node of nodes) await startAgain(node);
      };
    },
  };
}

/** The log, or the queue of exposures. Nothing heals it but the fleet, which makes it again. */
export function deleteStream(cluster: Cluster, random: Random): Fault | null {
  if (!areAllAlive(cluster)) return null;
  const isLog = random() < 0.7;
  return {
    name: `the stream of ${isLog ? 'the log' : 'exposures'} is deleted`,
    async begin() {
      const [stream] = (await cluster.nats.streams()).filter((name) => name.includes('log') === isLog);
      // It may be gone already: a fleet that has just lost NATS makes them when it needs them.
      if (stream !== undefined) await cluster.nats.deleteStream(stream);
      return () => Promise.resolve();
    },
  };
}

const ON_ROUTES: readonly LinkFault[] = [
  { kind: 'latency', ms: 50, jitterMs: 200 },
  { kind: 'stall' },
  { kind: 'half-open' },
  { kind: 'cut' },
];

/** Between two of them, or between one and both others. */
export function harmRoutes({ nats: { nodes, routes } }: Cluster, random: Random): Fault | null {
  const [node, fault] = [pick(nodes, random), pick(ON_ROUTES, random)];
  const other = random() < 0.5 ? pick(nodes, random) : null;
  if (node === null || fault === null || node === other) return null;
  const ends = ({ from, to }: { readonly from: string; readonly to: string }) =>
    [from, to].includes(node.name) && (other === null || [from, to].includes(other.name));
  const links = routes.filter(ends).map(({ link }) => link);
  return {
    name: `NATS ${node.name} and ${other === null ? 'the others' : other.name}: ${fault.kind}`,
    begin() {
      for (const link of links) link.harm(fault);
      return Promise.resolve(() => {
        for (const link of links) {
          link.heal();
          // Whoever comes back after a power cut says so. NATS would ask a dead connection for minutes first.
          if (fault.kind === 'half-open') link.drop();
        }
        return Promise.resolve();
      });
    },
  };
}

function areAllAlive({ nats: { nodes } }: Cluster): boolean {
  return nodes.every((one) => one.alive());
}

/** Unless it runs: faults overlap. */
export async function startAgain(node: NatsNode): Promise<void> {
  if (!node.alive()) await node.start();
}
