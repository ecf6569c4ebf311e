/** What a fault is: it begins, lasts a while and is healed. */
import type { Cluster } from './cluster.ts';

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

/** One of them at random; null: there is none. */
export function pick<T>(from: readonly T[], random: Random): T | null {
  return from[Math.floor(random() * from.length)] ?? null;
}
