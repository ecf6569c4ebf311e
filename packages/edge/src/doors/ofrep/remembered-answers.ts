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
  readonly list: BulkList;
}

export class RememberedAnswers {
  readonly #most: number;
  /** By the bytes of the request's body, one character each. */
  readonly #entries = new Map<string, Entry>();

  /** `most`: answers that are kept; the one that came first is forgotten first. */
  constructor(most: number) {
    this.#most = most;
  }

  find(body: Buffer, list: BulkList): Remembered | null {
    const entry = this.#entries.get(body.toString('latin1'));
    return entry?.list === list ? entry : null;
  }

  /** What `list` answered to that body, if it is lasting. */
  keep(body: Buffer, list: BulkList, tag: string, counted: readonly Countable[]): void {
    const name = body.toString('latin1');
    const oldest = this.#entries.keys().next();
    if (this.#entries.size >= this.#most && oldest.done !== true && !this.#entries.has(name))
      this.#entries.delete(oldest.value);
    this.#entries.set(name, { list, tag, counted });
  }
}
