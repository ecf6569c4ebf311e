/**
 * The bus: an ordered log that carries rulesets down, and a work queue that carries exposures up.
 *
 * It is transport, never the only copy: what is on it can be rebuilt from the database (log) or still sits in the
 * sender's spool (queue). Every implementation passes `./contract`.
 */

export interface LogMessage {
  readonly stream: string;
  /** Counted by one within a stream, from 1. */
  readonly position: number;
  readonly id: string;
  /** A checkpoint can be read without anything before it. */
  readonly checkpoint: boolean;
  readonly body: Uint8Array;
}

export interface AppendRequest {
  readonly stream: string;
  /** Appending an id that the stream already holds changes nothing and answers `duplicate`. */
  readonly id: string;
  /**
   * The id that must be the stream's last one, null for an empty stream: fences a second writer off. Absent: not
   * checked. A duplicate is recognised before this is checked.
   */
  readonly after?: string | null;
  readonly checkpoint: boolean;
  readonly body: Uint8Array;
}

export type AppendResult =
  | { readonly outcome: 'appended' | 'duplicate'; readonly position: number }
  /** The stream's last id is another one: another writer was faster. Nothing was appended. */
  | { readonly outcome: 'refused'; readonly last: string | null };

export interface OrderedLog {
  append(request: AppendRequest): Promise<AppendResult>;
  /** At most `limit` messages after a position, in order. */
  readAfter(stream: string, position: number, limit: number): Promise<readonly LogMessage[]>;
  /** The newest checkpoint and everything after it, in order; empty when the stream has none. */
  readFromCheckpoint(stream: string): Promise<readonly LogMessage[]>;
  /** Last position and last id of every stream that has messages. */
  heads(): Promise<ReadonlyMap<string, { readonly position: number; readonly id: string }>>;
  /** Forgets messages before the newest checkpoint that are older than `keep` messages before the end. */
  trim(stream: string, keep: number): Promise<void>;
  /**
   * Calls `wake` soon after something was appended by anybody, and at least once a second in any case, because a
   * notification may be lost. Never calls it concurrently with itself: the next call waits until the promise settles.
   * `named`: streams that were appended to since the call before, as far as that is known; often empty, and not all of them.
   */
  follow(wake: (named: ReadonlySet<string>) => Promise<void>): Subscription;
}

export interface WorkItem {
  readonly id: string;
  readonly body: Uint8Array;
}

/** At least once: an item comes back when its lease ends before `done`, so handlers are idempotent. */
export interface WorkQueue {
  /** Pushing an id that is still queued changes nothing. Resolves once the items are as durable as the bus makes them. */
  push(queue: string, items: readonly WorkItem[]): Promise<void>;
  /** Leases up to `limit` items, oldest first, hidden from others for `leaseMs`. */
  take(queue: string, limit: number, leaseMs: number): Promise<readonly WorkItem[]>;
  done(queue: string, ids: readonly string[]): Promise<void>;
  /** How many items are queued or leased. */
  depth(queue: string): Promise<number>;
  /** As `OrderedLog.follow`, for a queue. */
  follow(queue: string, wake: () => Promise<void>): Subscription;
}

export interface Subscription {
  /** Asks for a call of `wake` that begins after now. */
  request(): void;
  /** No call of `wake` begins after this resolves; one that is running is waited for. */
  stop(): Promise<void>;
}

export { createFollower, type Follower, type StartTimer } from './follower.ts';
