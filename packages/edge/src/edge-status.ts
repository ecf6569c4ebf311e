/** What an edge says of its state. */
import type { KeyUsageStatus } from './access/key-usage.ts';
import type { ExcessCounts } from './access/quotas.ts';
import type { SpoolStatus } from './intake/spool/spool.ts';
import type { ReceiptsStatus } from './receipts/receipts.ts';
import type { Refused } from './replica/followed-environment.ts';
import type { Replica } from './replica/replica.ts';

export interface EnvironmentStatus {
  readonly id: string;
  /** Null together with the next two: nothing of it was verified yet. */
  readonly epoch: number | null;
  readonly revision: number | null;
  readonly headHash: string | null;
  readonly entities: number;
  /** Since it was last known to be what the bus holds, or was saved when it comes from disk; null: never. */
  readonly ageMs: number | null;
  /** Whether the bus has been read since this start; false: what is served comes from disk. */
  readonly confirmed: boolean;
  readonly streams: number;
  /** Why the newest revision is not the one that is served. */
  readonly refused?: Refused;
}

export interface EdgeStatus {
  /** Has a verified ruleset for every environment on the bus; for any, while the bus was never read. Does not latch. */
  readonly ready: boolean;
  readonly environments: readonly EnvironmentStatus[];
  readonly streams: { readonly open: number; readonly cut: number };
  /** Requests that wait for a revision that somebody else has seen already. */
  readonly waiting: number;
  readonly spool: SpoolStatus & {
    /** Attempts to forward in a row that failed; 0: forwarding works. */
    readonly forwardFailures: number;
    /** Lines that were acknowledged and could not be read back. */
    readonly damaged: number;
  };
  readonly keyUsage: KeyUsageStatus;
  readonly receipts: ReceiptsStatus;
  /** Requests refused because their sender asked for too much, since the start. */
  readonly refused: ExcessCounts;
}

export function describeEnvironments(
  replica: Replica,
  streamsOf: (environment: string) => number,
  now: number,
): readonly EnvironmentStatus[] {
  return Array.from(replica.followed(), ({ environment, refused, provenAt, confirmed }) => ({
    id: environment.id,
    epoch: environment.current?.head.epoch ?? null,
    revision: environment.current?.head.revision ?? null,
    headHash: environment.current?.headHash ?? null,
    entities: environment.entities,
    ageMs: provenAt === null ? null : Math.max(0, now - provenAt),
    confirmed,
    streams: streamsOf(environment.id),
    ...(refused === null ? {} : { refused }),
  }));
}
