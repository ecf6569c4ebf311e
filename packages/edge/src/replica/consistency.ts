/** Answers for callers who have seen a revision already: none from an older one, unless they take it. */
import type { IncomingHttpHeaders } from 'node:http';
import type { Timers } from '@flaghoist/client';
import {
  AT_LEAST_HEADER,
  type AtLeast,
  compareCursors,
  type Cursor,
  formatCursor,
  formatToken,
  readAtLeast,
} from '@flaghoist/protocol/ruleset';
import { Shares } from '../shares.ts';
import type { Environment } from './environment.ts';
import type { Replica } from './replica.ts';

export interface ConsistencyOptions {
  readonly replica: Replica;
  readonly timers: Pick<Timers, 'after'>;
  readonly limits: { readonly waitingRequests: number; readonly farRevisions: number };
}

/** Who asks, with the key by which it is known. */
interface Asker {
  readonly entry: { readonly id: string };
  readonly environment: string;
}

/** Why the request cannot be answered as it asks. */
export interface Unmet {
  readonly status: 400 | 409;
  readonly code: 'at_least_unreadable' | 'revision_not_reached';
  readonly detail: string;
}

interface Waiting {
  readonly cursor: Cursor;
  readonly go: () => void;
}

const UNREADABLE: Unmet = {
  status: 400,
  code: 'at_least_unreadable',
  detail: `${AT_LEAST_HEADER} is epoch.revision of this key's environment, then ;wait=MILLISECONDS and ;else=stale or ;else=refuse as you like: 1.42; wait=250; else=stale`,
};

export class Consistency {
  readonly #options: ConsistencyOptions;
  readonly #waiting = new Map<string, Set<Waiting>>();
  /** Of keys: one that is flooded with waits leaves room for the others. */
  readonly #shares: Shares;

  constructor(options: ConsistencyOptions) {
    this.#options = options;
    this.#shares = new Shares(options.limits.waitingRequests);
  }

  /** Requests that wait for a revision now. */
  get waiting(): number {
    return this.#shares.taken;
  }

  /**
   * Null: the environment may answer now. Waits no longer than was asked for, and not at all for what is too far ahead to
   * come soon: where the rulesets come from is asked at once, and what it has then is applied as always.
   */
  check(headers: IncomingHttpHeaders, asker: Asker): Unmet | null | Promise<Unmet | null> {
    const header = headers[AT_LEAST_HEADER];
    const { baggage } = headers;
    // Nearly all requests: neither is read.
    if (header === undefined && baggage === undefined) return null;
    const { environment } = asker;
    const asked = readAtLeast({ header: textOf(header), baggage: textOf(baggage) }, environment);
    if (asked === null) return null;
    if (asked === 'unreadable') return UNREADABLE;
    const mine = this.#cursorOf(environment);
    // Not loaded at all: the door says so.
    if (mine === null || compareCursors(mine, asked.cursor) >= 0) return null;
    return this.#isFar(mine, asked.cursor) ? this.#unmet(environment, asked) : this.#wait(asker, asked);
  }

  /** Something was applied to the environment. */
  wake({ id }: Environment): void {
    const waiting = this.#waiting.get(id);
    const mine = this.#cursorOf(id);
    if (waiting === undefined || mine === null) return;
    for (const { cursor, go } of waiting) if (compareCursors(mine, cursor) >= 0) go();
  }

  async #wait({ entry, environment }: Asker, asked: AtLeast): Promise<Unmet | null> {
    const { replica } = this.#options;
    if (asked.waitMs > 0 && this.#shares.take(entry.id)) {
      const reached = this.#reached(environment, asked);
      // Whoever is above may have to ask further up, and an old answer is as good as none.
      const token = formatToken(environment, asked.cursor);
      try {
        replica.ask(environment, `${token}; wait=${asked.waitMs}; else=stale`);
        await reached;
      } finally {
        this.#shares.giveBack(entry.id);
      }
    }
    const mine = this.#cursorOf(environment);
    return mine !== null && compareCursors(mine, asked.cursor) >= 0 ? null : this.#unmet(environment, asked);
  }

  /** Resolves when it is, or when the time is over. */
  #reached(environment: string, { cursor, waitMs }: AtLeast): Promise<void> {
    return new Promise((resolve) => {
      const ofEnvironment = this.#waiting.get(environment) ?? new Set();
      this.#waiting.set(environment, ofEnvironment);
      const go = (): void => {
        cancel();
        if (!ofEnvironment.delete(waiting)) return;
        if (ofEnvironment.size === 0 && this.#waiting.get(environment) === ofEnvironment)
          this.#waiting.delete(environment);
        resolve();
      };
      const cancel = this.#options.timers.after(waitMs, go);
      const waiting: Waiting = { cursor, go };
      ofEnvironment.add(waiting);
    });
  }

  #unmet(environment: string, { cursor, otherwise }: AtLeast): Unmet | null {
    if (otherwise === 'stale') return null;
    const mine = this.#cursorOf(environment);
    const here = mine === null ? 'nothing yet' : `revision ${formatCursor(mine)}`;
    const detail = `This edge has ${here}, and ${formatCursor(cursor)} was asked for. Ask again, or take an older answer with else=stale.`;
    return { status: 409, code: 'revision_not_reached', detail };
  }

  /** How far a later epoch is nobody can say: a restore may begin with any. */
  #isFar(mine: Cursor, asked: Cursor): boolean {
    return asked.epoch === mine.epoch && asked.revision > mine.revision + this.#options.limits.farRevisions;
  }

  #cursorOf(environment: string): Cursor | null {
    return this.#options.replica.find(environment)?.cursor ?? null;
  }
}

function textOf(header: string | string[] | undefined): string | undefined {
  return Array.isArray(header) ? header.join(',') : header;
}
