/** The last patches of one environment as events, for followers that are a little behind. */
import type { Cursor } from '@flaghoist/protocol/ruleset';

export interface WindowLimits {
  readonly windowPatches: number;
  readonly windowBytes: number;
}

/** One revision. `event` null: it cannot be streamed, followers fetch the snapshot instead. */
interface Entry {
  readonly event: Buffer | null;
  readonly bytes: number;
}

/** What a follower at some place is to be sent next. */
export type NextEvent = { readonly cursor: Cursor; readonly event: Buffer } | 'nothing' | 'reset';

export class PatchWindow {
  readonly #limits: WindowLimits;
  #epoch = 0;
  /** The revision reached by applying every entry. */
  #revision = 0;
  /** The candidate on it that is held; undefined: none. */
  #candidate: number | undefined;
  #entries: Entry[] = [];
  #bytes = 0;

  constructor(limits: WindowLimits) {
    this.#limits = limits;
  }

  /** A full ruleset was applied: nobody gets here from anywhere by patches. */
  restart(cursor: Cursor): void {
    this.#epoch = cursor.epoch;
    this.#revision = cursor.revision;
    this.#candidate = cursor.candidate;
    this.#entries = [];
    this.#bytes = 0;
  }

  /** The patch that makes the next revision. */
  push(event: Buffer | null): void {
    const entry = { event, bytes: event?.length ?? 0 };
    this.#revision++;
    this.#candidate = undefined;
    this.#entries.push(entry);
    this.#bytes += entry.bytes;
    while (this.#entries.length > this.#limits.windowPatches || this.#bytes > this.#limits.windowBytes)
      this.#bytes -= this.#entries.shift()?.bytes ?? 0;
  }

  /** A follower that is ahead of this edge gets nothing: it must not go back. */
  next({ epoch, revision, candidate }: Cursor): NextEvent {
    if (epoch === this.#epoch && revision === this.#revision)
      return candidate === this.#candidate ? 'nothing' : 'reset';
    if (epoch > this.#epoch || (epoch === this.#epoch && revision >= this.#revision)) return 'nothing';
    const index = this.#entries.length - (this.#revision - revision);
    const event = epoch === this.#epoch && candidate === undefined ? this.#entries[index]?.event : null;
    return event ? { cursor: { epoch, revision: revision + 1 }, event } : 'reset';
  }

  /** Bytes from a place to here; null when they are not all here. */
  bytesSince({ epoch, revision, candidate }: Cursor): number | null {
    if (epoch !== this.#epoch || candidate !== undefined) return null;
    const missing = this.#revision - revision;
    if (missing <= 0) return 0;
    if (missing > this.#entries.length) return null;
    let bytes = 0;
    for (const entry of this.#entries.slice(-missing)) {
      if (entry.event === null) return null;
      bytes += entry.bytes;
    }
    return bytes;
  }
}
