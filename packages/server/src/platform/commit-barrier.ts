/**
 * Whether what was read is where an acknowledged write is. A primary that restarts while its synchronous standby is gone
 * shows changes that no standby has confirmed, and a failover would lose them. A commit made after they were read is
 * confirmed after them, so one is waited for, each time that something may have been read over a connection that is new.
 */
import type pg from 'pg';

const WAIT_MS = 1_000;
/** The least that is written to the log, and nobody reads. */
const COMMIT = `select pg_logical_emit_message(true, 'flaghoist', '')`;

interface BarrierDeps {
  /** A connection without a deadline for its statements: what waits for a standby waits there, and nowhere else. */
  readonly open: () => Promise<pg.Client>;
  /** How many connections there were so far to a server that has synchronous standbys. */
  readonly connections: () => number;
}

export class CommitBarrier {
  readonly #deps: BarrierDeps;
  /** Those that the last commit came after. */
  #passed = 0;
  #waiting: Promise<void> | null = null;
  #client: pg.Client | null = null;

  constructor(deps: BarrierDeps) {
    this.#deps = deps;
  }

  /** Rejects when that is not confirmed within a second; what was begun is waited for by whoever asks next. */
  async pass(): Promise<void> {
    while (this.#passed < this.#deps.connections()) await this.#wait();
  }

  stop(): void {
    this.#client?.connection.stream.destroy();
  }

  async #wait(): Promise<void> {
    this.#waiting ??= this.#commit().finally(() => {
      this.#waiting = null;
    });
    // It may end when nobody waits for it any more.
    this.#waiting.catch(() => undefined);
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      const error = new Error('no synchronous standby has confirmed what the database holds');
      timer = setTimeout(() => reject(error), WAIT_MS);
    });
    await Promise.race([this.#waiting, late]).finally(() => clearTimeout(timer));
  }

  async #commit(): Promise<void> {
    const before = this.#deps.connections();
    const client = await this.#deps.open();
    this.#client = client;
    try {
      await client.query(COMMIT);
      this.#passed = Math.max(this.#passed, before);
    } finally {
      this.#client = null;
      client.connection.stream.destroy();
    }
  }
}
