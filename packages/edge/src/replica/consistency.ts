/** Answers for callers who have seen a revision already: none from an older one, unless they take it. */
import type { IncomingHttpHeaders } from 'node:http';
import type { Timers } from '@flaghoist/client';
import { AT_LEAST_HEADER, type AtLeast, type Cursor, formatCursor, readAtLeast } from '@flaghoist/protocol/ruleset';
import type { Environment } from './environment.ts';
import type { Replica } from './replica.ts';

export interface ConsistencyOptions {
  readonly replica: Replica;
  readonly timers: Pick<Timers, 'after'>;
  readonly limits: { readonly waitingRequests: number; readonly farRevisions: number };
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
  #size = 0;

  constructor(options: ConsistencyOptions) {
    this.#options = options;
  }

  /** Requests that wait for a revision now. */
  get waiting(): number {
    return this.#size;
  }

  /**
   * Null: the environment may answer now. Waits no longer than was asked for, and not at all for what is too far ahead to
   * come soon: where the rulesets come from is asked at once, and what it has then is applied as always.
   */
  check(headers: IncomingHttpHeaders, environment: string): Unmet | null | Promise<Unmet | null> {
    const header = headers[AT_LEAST_HEADER];
    const { baggage } = headers;
    // Nearly all requests: neither is read.
    if (header === undefined && baggage === undefined) return null;
    const asked = readAtLeast({ header: textOf(header), baggage: textOf(baggage) }, environment);
    if (asked === null) return null;
    if (asked === 'unreadable') return UNREADABLE;
    const mine = this.#cursorOf(environment);
    // Not loaded at all: the door says so.
    if (mine === null || reaches(mine, asked.cursor)) return null;
    return this.#isFar(mine, asked.cursor) ? this.#unmet(environment, asked) : this.#wait(environment, asked);
  }

  /** Something was applied to the environment. */
  wake({ id }: Environment): void {
    const waiting = this.#waiting.get(id);
    const mine = this.#cursorOf(id);
    if (waiting === undefined || mine === null) return;
    for (const { cursor, go } of waiting) if (reaches(mine, cursor)) go();
  }

  async #wait(environment: string, asked: AtLeast): Promise<Unmet | null> {
    const { replica, limits } = this.#options;
    if (asked.waitMs > 0 && this.#size < limits.waitingRequests) {
      const reached = this.#reached(environment, asked);
      replica.ask(environment);
      await reached;
    }
    const mine = this.#cursorOf(environment);
    return mine !== null && reaches(mine, asked.cursor) ? null : this.#unmet(environment, asked);
  }

  /** Resolves when it is, or when the time is over. */
  #reached(environment: string, { cursor, waitMs }: AtLeast): Promise<void> {
    return new Promise((resolve) => {
      const ofEnvironment = this.#waiting.get(environment) ?? new Set();
      this.#waiting.set(environment, ofEnvironment);
      const go = (): void => {
        cancel();
        if (!ofEnvironment.delete(waiting)) return;
        this.#size--;
        if (ofEnvironment.size === 0 && this.#waiting.get(environment) === ofEnvironment)
          this.#waiting.delete(environment);
        resolve();
      };
      const cancel = this.#options.timers.after(waitMs, go);
      const waiting: Waiting = { cursor, go };
      ofEnvironment.add(waiting);
      this.#size++;
    });
  }

  #unmet(environment: string, { cursor, otherwise }: AtLeast): Unmet | null {
    if (otherwise === 'stale') return null;
    const mine = this.#cursorOf(environment);
    const here = mine === null ? 'nothing yet' : `revision ${formatCursor(mine)}`;
    const detail = `This edge has ${here}, and ${formatCursor(cursor)} was asked for. Ask again, or take an older answer with else=stale.`;
    return { status: 409, code: 'revision_not_reached', detail };
  }

  #isFar(mine: Cursor, asked: Cursor): boolean {
    if (asked.epoch !== mine.epoch) return asked.epoch > mine.epoch + 1;
    return asked.revision > mine.revision + this.#options.limits.farRevisions;
  }

  #cursorOf(environment: string): Cursor | null {
    return this.#options.replica.find(environment)?.cursor ?? null;
  }
}

/** A later epoch is ahead, whatever its revision. */
function reaches(mine: Cursor, asked: Cursor): boolean {
  return mine.epoch === asked.epoch ? mine.revision >= asked.revision : mine.epoch > asked.epoch;
}

function textOf(header: string | string[] | undefined): string | undefined {
  return Array.isArray(header) ? header.join(',') : header;
}
