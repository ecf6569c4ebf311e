/**
 * Who has the embedded database's only session next. Three lanes: `write` before `read` before `report`, each in the
 * order of coming. Whoever has waited while MOST_AHEAD of higher lanes were let ahead goes next, so nobody waits for ever.
 */

export const LANES = ['write', 'read', 'report'] as const;
export type Lane = (typeof LANES)[number];

const MOST_AHEAD = 16;
const MOST_WAITING = 4_096;

/** PostgreSQL's code for a server that takes no more. */
export class SessionBusyError extends Error {
  readonly code = '53300';

  constructor() {
    super(`${MOST_WAITING} wait for the embedded database already`);
  }
}

interface Waiting {
  readonly go: () => void;
  readonly refuse: (error: Error) => void;
}

export class SessionLanes {
  readonly #waiting: Readonly<Record<Lane, Waiting[]>> = { write: [], read: [], report: [] };
  /** How many were let ahead of each lane since it was last served. */
  readonly #ahead: Record<Lane, number> = { write: 0, read: 0, report: 0 };
  #isTaken = false;
  #closed: Error | null = null;
  #whenFree: (() => void)[] = [];

  /** Resolves when the session is the caller's, who has to give it back. Rejects when the lanes are closed or full. */
  acquire(lane: Lane): Promise<void> {
    return new Promise((go, refuse) => {
      if (this.#closed !== null) refuse(this.#closed);
      else if (LANES.reduce((sum, one) => sum + this.#waiting[one].length, 0) >= MOST_WAITING)
        refuse(new SessionBusyError());
      else {
        this.#waiting[lane].push({ go, refuse });
        this.#next();
      }
    });
  }

  giveBack(): void {
    this.#isTaken = false;
    this.#next();
  }

  /** Refuses all that wait and all that come; resolves when the one that has the session gave it back. */
  close(error: Error): Promise<void> {
    this.#closed ??= error;
    for (const lane of LANES) for (const { refuse } of this.#waiting[lane].splice(0)) refuse(this.#closed);
    return new Promise((resolve) => {
      this.#whenFree.push(resolve);
      this.#next();
    });
  }

  #next(): void {
    if (this.#isTaken) return;
    const lane = this.#choose();
    const next = lane === undefined ? undefined : this.#waiting[lane].shift();
    if (lane === undefined || next === undefined) {
      for (const free of this.#whenFree.splice(0)) free();
      return;
    }
    this.#ahead[lane] = 0;
    for (const lower of LANES.slice(LANES.indexOf(lane) + 1)) if (this.#waiting[lower].length > 0) this.#ahead[lower]++;
    this.#isTaken = true;
    next.go();
  }

  #choose(): Lane | undefined {
    const wanted = LANES.filter((lane) => this.#waiting[lane].length > 0);
    return wanted.findLast((lane) => this.#ahead[lane] >= MOST_AHEAD) ?? wanted[0];
  }
}
