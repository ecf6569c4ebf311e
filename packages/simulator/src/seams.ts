/** Where a world can be given another part than the real one: this is how bugs are planted. Nothing here is in the product. */
import type { OrderedLog } from '@flaghoist/bus';
import type { LastGoodStore, Timers, Transport, VerifiedRuleset } from '@flaghoist/client';
import type { WrittenRevision } from '@flaghoist/server/line';

export type Send = (body: string) => Promise<{ readonly status: number; readonly retryAfterMs?: number }>;

export interface ClientParts {
  readonly transport: Transport;
  readonly timers: Timers;
  readonly send: Send;
}

/** A client as one of its parts may see it. */
export interface Reader {
  /** What it answers from. */
  readonly ruleset: () => VerifiedRuleset;
  /** It answers from this from now on. */
  readonly show: (ruleset: VerifiedRuleset) => void;
}

export interface Reads {
  writtenAfter(environment: string, revision: number, limit: number): Promise<readonly WrittenRevision[]>;
}

export interface Seams {
  /** Alters product code for the time of a run; the answer puts it back. */
  readonly install: () => () => void;
  /** Called for each process of a client. */
  readonly client: (parts: ClientParts, reader: Reader) => ClientParts;
  /** Of a client or an edge. */
  readonly store: (store: LastGoodStore) => LastGoodStore;
  /** Of an edge. `forget`: it serves nothing of this environment any more. */
  readonly edgeLog: (log: OrderedLog, forget: (environment: string) => void) => OrderedLog;
  /** Of a publisher. */
  readonly publisherReads: (reads: Reads) => Reads;
  /** Of whoever stores exposures: whether a batch is known already. */
  readonly isFolded: (isFolded: boolean) => boolean;
  /** Whether disks sync when they are asked to. */
  readonly disksSync: boolean;
  /** Whether the database has synced what it answers to. */
  readonly databaseSyncs: boolean;
  /** Whether somebody may write to the bus past the gate. */
  readonly hasBackDoor: boolean;
}

export const NO_SEAMS: Seams = {
  install: () => () => undefined,
  client: (parts) => parts,
  store: (store) => store,
  edgeLog: (log) => log,
  publisherReads: (reads) => reads,
  isFolded: (isFolded) => isFolded,
  disksSync: true,
  databaseSyncs: true,
  hasBackDoor: false,
};
