/** A wire between two programs that can be slow, damaged, cut or dead without a word. */
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { carry, type Harm } from './carry.ts';

export type LinkFault =
  /** Every byte comes so much later, in order. `jitterMs`: and at random up to that. */
  | { readonly kind: 'latency'; readonly ms: number; readonly jitterMs?: number }
  /** Nothing is led on, in either direction, on any connection, new ones included; what came meanwhile is led on after `heal`. */
  | { readonly kind: 'stall' }
  /** As when the machine behind it loses its power: what is open now carries nothing ever again, new ones lead nowhere. */
  | { readonly kind: 'half-open' }
  /** What is open ends, and new ones end at once. */
  | { readonly kind: 'cut' }
  /** No faster, each way. */
  | { readonly kind: 'rate'; readonly bytesPerSecond: number }
  /** One bit is turned in one byte out of so many, on average. */
  | { readonly kind: 'flip'; readonly everyBytes: number }
  /**
   * What comes after the headers of an answer stays on its way, on connections that begin with a request for this path, as
   * behind a proxy that buffers; those that are open are cut.
   */
  | { readonly kind: 'hold'; readonly path: string };

export interface FaultLink {
  readonly port: number;
  /** In place of the fault that was there before. */
  harm(fault: LinkFault): void;
  /** All is well, but for connections that are dead: they were half-open once. */
  heal(): void;
  /** Ends what is open; new connections are taken. */
  drop(): void;
  /** The first byte of each connection that began, once each: 0x16 is TLS. */
  readonly begun: ReadonlySet<number>;
  close(): Promise<void>;
}

interface Pair {
  readonly near: Socket;
  readonly far: Socket;
  path: string | null;
  isDead: boolean;
}

export interface FaultLinkOptions {
  /** Decides jitter and which bits turn. Absent: as the machine likes. */
  readonly random?: () => number;
  /** Absent: 127.0.0.1. */
  readonly host?: string;
}

/** Leads every connection on to a port of this machine; one that nobody listens on ends it. */
export async function startFaultLink(to: number, options: FaultLinkOptions = {}): Promise<FaultLink> {
  const { random = Math.random, host = '127.0.0.1' } = options;
  const [pairs, begun] = [new Set<Pair>(), new Set<number>()];
  let fault: LinkFault | null = null;
  let healed = resolvers();
  const server = createServer((near) => take(near));

  function take(near: Socket): void {
    if (fault?.kind === 'cut') {
      near.destroy();
      return;
    }
    const pair: Pair = { near, far: connect(to, host), path: null, isDead: fault?.kind === 'half-open' };
    pairs.add(pair);
    near.once('data', (first: Buffer) => {
      begun.add(first[0] ?? 0);
      pair.path = first.toString('latin1').split(/[ ?]/, 2)[1] ?? '';
    });
    // An orderly end comes after what is still on its way; a broken one at once.
    near.on('close', () => over(pair));
    near.on('error', () => undefined);
    pair.far.on('error', () => over(pair));
    void carry(near, pair.far, harmOf(pair, 'request'));
    void carry(pair.far, near, harmOf(pair, 'answer'));
  }

  function over(pair: Pair): void {
    // Whoever is on the other side of a dead connection never hears of its end.
    if (pair.isDead && !pair.near.destroyed) return;
    pairs.delete(pair);
    pair.near.destroy();
    pair.far.destroy();
  }

  function harmOf(pair: Pair, way: 'request' | 'answer'): Harm {
    return {
      random,
      isDead: () => pair.isDead,
      latencyMs: () => (fault?.kind === 'latency' ? fault.ms + random() * (fault.jitterMs ?? 0) : 0),
      bytesPerSecond: () => (fault?.kind === 'rate' ? fault.bytesPerSecond : null),
      flipEvery: () => (fault?.kind === 'flip' ? fault.everyBytes : null),
      headersOnly: () => way === 'answer' && fault?.kind === 'hold' && fault.path === pair.path,
      async passable() {
        for (;;) {
          if (fault?.kind !== 'stall') return;
          await healed.promise;
        }
      },
    };
  }

  function drop(which: (pair: Pair) => boolean = () => true): void {
    for (const pair of pairs) {
      if (!which(pair)) continue;
      pair.near.destroy();
      pair.far.destroy();
      pairs.delete(pair);
    }
  }

  function heal(): void {
    fault = null;
    healed.resolve();
    healed = resolvers();
  }

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    harm(next) {
      heal();
      fault = next;
      if (next.kind === 'cut') drop();
      if (next.kind === 'half-open') for (const pair of pairs) pair.isDead = true;
      if (next.kind === 'hold') drop(({ path }) => path === next.path);
    },
    heal,
    drop: () => drop(),
    begun,
    async close() {
      heal();
      const closed = new Promise((resolve) => server.close(resolve));
      drop();
      // A connection may have been taken in this moment.
      await Promise.race([closed, sleep(1_000).then(() => drop())]);
      await closed;
    },
  };
}

function resolvers(): { readonly promise: Promise<void>; readonly resolve: () => void } {
  let resolve: () => void = () => undefined;
  const promise = new Promise<void>((done) => {
    resolve = done;
  });
  return { promise, resolve };
}
