/**
 * Which environments this process publishes, while others publish the rest.
 *
 * A lease says who should; that nobody else can is the bus's part, which compares what each append comes after. So a lease
 * may be wrong for a moment, and a publisher that wakes after an hour does no harm.
 */
import { randomUUID } from 'node:crypto';
import { createFollower, type Follower, type StartTimer } from '@flaghoist/bus';
import type { Logger } from '@flaghoist/runtime/telemetry';
import type { Changes } from '../changes/index.ts';
import { LEASE_MS, type LeaseStore } from './lease-store.ts';

const RENEW_MS = 1_000;

export interface Leases {
  /** Calls back whenever there may be more to publish, or less. */
  start(changed: () => void): void;
  /** Whether this process is to publish the environment now. Asks nobody. */
  holds(environmentId: string): boolean;
  /** Somebody wrote in an environment that this process does not hold; empty: it is not known where. */
  noticed(environmentId: string): void;
  /**
   * Hands over what others are to have. Answers which environments this process lost since the last call, though it may have
   * them again: what it knew of them is old. To be called while none is being published.
   */
  settle(): Promise<readonly string[]>;
  /** Hands everything over, so that others have it at once. */
  stop(): Promise<void>;
}

/** Of a publisher that is the only one: the embedded database belongs to one process. */
export const EVERY_ENVIRONMENT: Leases = {
  start: () => undefined,
  holds: () => true,
  noticed: () => undefined,
  settle: () => Promise.resolve([]),
  stop: () => Promise.resolve(),
};

export interface LeasesDeps {
  readonly store: LeaseStore;
  readonly changes: Pick<Changes, 'lines'>;
  readonly logger: Logger;
  /** As others read of it who publishes an environment. */
  readonly host: string;
  /** Milliseconds of a clock that nobody sets, and that goes on while the process stands still. */
  readonly monotonicMs: () => number;
  readonly startTimer?: StartTimer;
}

/**
 * Leases that publishers over one database share evenly. One is believed for `LEASE_MS` after the renewal was sent, by this
 * process's clock: until then at the earliest the database gives it to others.
 */
export class SharedLeases implements Leases {
  readonly #deps: LeasesDeps;
  /** Null: the database does not know this process. Each time it joins it is another publisher. */
  #id: string | null = null;
  #held: ReadonlySet<string> = new Set();
  #heldUntil = Number.NEGATIVE_INFINITY;
  #taken: ReadonlySet<string> = new Set();
  readonly #lost = new Set<string>();
  #surplus: readonly string[] = [];
  #follower: Follower | null = null;
  #changed: () => void = () => undefined;

  constructor(deps: LeasesDeps) {
    this.#deps = deps;
  }

  start(changed: () => void): void {
    this.#changed = changed;
    const { logger, startTimer } = this.#deps;
    this.#follower = createFollower({
      wake: () => this.#renew(),
      pollMs: RENEW_MS,
      onError: (error) =>
        logger.warn({ error: (error as Error).message }, 'the leases of the publisher were not renewed'),
      ...(startTimer === undefined ? {} : { startTimer }),
    });
  }

  holds(environmentId: string): boolean {
    return this.#held.has(environmentId) && this.#deps.monotonicMs() < this.#heldUntil;
  }

  noticed(environmentId: string): void {
    if (!this.#taken.has(environmentId)) this.#follower?.request();
  }

  async settle(): Promise<readonly string[]> {
    const [id, surplus] = [this.#id, this.#surplus];
    const lost = [...this.#lost];
    this.#lost.clear();
    this.#surplus = [];
    if (id !== null && surplus.length > 0) await this.#deps.store.handOver(id, surplus);
    return lost;
  }

  async stop(): Promise<void> {
    await this.#follower?.stop();
    const id = this.#id;
    this.#hold([]);
    this.#id = null;
    // A database that is away lets them run out.
    if (id !== null) await this.#deps.store.leave(id).catch(() => undefined);
  }

  async #renew(): Promise<void> {
    const { store, changes, host, logger, monotonicMs } = this.#deps;
    if (this.#id === null) {
      const id = randomUUID();
      await store.join(id, host);
      this.#id = id;
    }
    const sentAt = monotonicMs();
    const { isAlive, others, own, taken } = await store.renew(this.#id);
    if (!isAlive) {
      if (this.#held.size > 0)
        logger.warn(
          { environments: this.#held.size },
          'the leases of the publisher had run out: others may publish now',
        );
      this.#hold([]);
      this.#id = null;
      this.#follower?.request();
      return;
    }
    this.#heldUntil = sentAt + LEASE_MS;
    this.#taken = new Set(taken);
    const environments = (await changes.lines()).map(({ environmentId }) => environmentId);
    const share = Math.ceil(environments.length / (others + 1));
    const keeping = [...own].sort();
    this.#surplus = keeping.splice(share);
    this.#hold(keeping);
    const isSpokenFor = new Set([...own, ...taken]);
    const free = environments.filter((environmentId) => !isSpokenFor.has(environmentId));
    const wanted = free.slice(0, Math.max(0, share - own.length));
    if (wanted.length === 0) return;
    const claimed = await store.claim(this.#id, wanted);
    this.#hold([...this.#held, ...claimed]);
    // Somebody else was faster: whether anything is left is looked at again.
    if (claimed.length < wanted.length) this.#follower?.request();
  }

  #hold(environmentIds: readonly string[]): void {
    const held = new Set(environmentIds);
    let isOther = held.size > this.#held.size;
    for (const environmentId of this.#held)
      if (!held.has(environmentId)) {
        this.#lost.add(environmentId);
        isOther = true;
      }
    this.#held = held;
    if (isOther) this.#changed();
  }
}
