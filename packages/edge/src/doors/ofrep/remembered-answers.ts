/**
 * What callers were answered who ask again: those that send `If-None-Match`. Web providers ask with the same context each
 * time, and nearly always nothing has changed for them. Nothing but the tag is kept, so an answer that differs is made anew.
 */
import type { Countable } from '../../intake/evaluation-counters.ts';
import type { BulkList } from './bulk-list.ts';

export interface Remembered {
  readonly tag: string;
  readonly counted: readonly Countable[];
}

interface Entry extends Remembered {
  readonly bytes: number;
}

/** The answers of one list. */
interface Shelf {
  readonly environment: string;
  /** By the bytes of the request's body, one character each. */
  readonly entries: Map<string, Entry>;
  bytes: number;
}

/** Contexts of web pages are a few hundred bytes; whoever sends more is answered by evaluating. */
const BODY_BYTES = 4 << 10;
/** Of an answer beside its body: its places in a map, its tag, its list of what to count. */
const ENTRY_BYTES = 400;
const COUNTABLE_BYTES = 8;

export class RememberedAnswers {
  readonly #most: number;
  /** Nothing of a list is kept once its ruleset is not the newest, see `forget`. */
  readonly #shelves = new Map<BulkList, Shelf>();
  #bytes = 0;

  /** `most`: bytes of all answers that are kept; of the list that takes the most, the one that came first is forgotten. */
  constructor(most: number) {
    this.#most = most;
  }

  /** About what is kept here. */
  get bytes(): number {
    return this.#bytes;
  }

  find(body: Buffer, list: BulkList): Remembered | null {
    if (body.length > BODY_BYTES) return null;
    return this.#shelves.get(list)?.entries.get(body.toString('latin1')) ?? null;
  }

  /** What `list` answered to that body, if it is lasting. `list`: of the newest ruleset of the environment. */
  keep(body: Buffer, environment: string, list: BulkList, { tag, counted }: Remembered): void {
    const bytes = body.length + ENTRY_BYTES + counted.length * COUNTABLE_BYTES;
    if (body.length > BODY_BYTES || bytes > this.#most) return;
    const shelf = this.#shelves.get(list) ?? { environment, entries: new Map<string, Entry>(), bytes: 0 };
    this.#shelves.set(list, shelf);
    const name = body.toString('latin1');
    this.#remove(shelf, name);
    shelf.entries.set(name, { tag, counted, bytes });
    shelf.bytes += bytes;
    this.#bytes += bytes;
    while (this.#bytes > this.#most) this.#removeFirst();
  }

  /** The environment has another ruleset, or none any more. */
  forget(environment: string): void {
    for (const [list, shelf] of this.#shelves) {
      if (shelf.environment !== environment) continue;
      this.#shelves.delete(list);
      this.#bytes -= shelf.bytes;
    }
  }

  /** One environment's callers do not push out those of all others. */
  #removeFirst(): void {
    let largest: Shelf | null = null;
    for (const shelf of this.#shelves.values()) if (shelf.bytes > (largest?.bytes ?? 0)) largest = shelf;
    const first = largest?.entries.keys().next();
    if (largest !== null && first?.done === false) this.#remove(largest, first.value);
  }

  #remove(shelf: Shelf, name: string): void {
    const bytes = shelf.entries.get(name)?.bytes ?? 0;
    shelf.entries.delete(name);
    shelf.bytes -= bytes;
    this.#bytes -= bytes;
  }
}
