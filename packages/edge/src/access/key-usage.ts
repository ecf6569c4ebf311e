/**
 * Notes when each key was last used, and hands it to the work queue now and then.
 *
 * What the queue does not take is offered again unchanged, while notes go on being taken in bounded space. They are not
 * kept on disk: a crash costs the minutes since the last flush, of something that says when, not how often.
 */
import type { WorkQueue } from '@flaghoist/bus';
import { KEY_USAGE_LIMITS, KEY_USAGE_QUEUE, type KeyUsage as Usage } from '@flaghoist/protocol/keys';
import type { Logger } from '@flaghoist/runtime/telemetry';
import { withDeadline } from '../deadline.ts';

export interface KeyUsageOptions {
  readonly queue: Pick<WorkQueue, 'push'>;
  readonly logger: Logger;
  /** Random for each start of the edge. */
  readonly instance: string;
  readonly now: () => number;
  /** Keys that are in use all the time, because their streams are open. */
  readonly inUse: () => Iterable<string>;
  readonly pushDeadlineMs: number;
  /** Keys noted between two flushes. Absent: as many as one item may name. */
  readonly maxKeys?: number;
}

export interface KeyUsageStatus {
  /** Keys whose use was not handed on yet. */
  readonly waiting: number;
  /** Uses that were not noted, because too many other keys were. */
  readonly dropped: number;
  /** Attempts to hand it on in a row that failed. */
  readonly failures: number;
}

interface Item {
  readonly id: string;
  readonly usage: Usage;
}

const MINUTE_MS = 60_000;

export class KeyUsage {
  readonly #options: KeyUsageOptions;
  /** Key id to minute. */
  readonly #noted = new Map<string, number>();
  #unsent: Item | null = null;
  #items = 0;
  #dropped = 0;
  #failures = 0;
  #flushing: Promise<void> | null = null;

  constructor(options: KeyUsageOptions) {
    this.#options = options;
  }

  /** A request was admitted with this key. Only genuine keys come here, so strangers cannot fill the space. */
  note(id: string): void {
    const minute = Math.floor(this.#options.now() / MINUTE_MS);
    const known = this.#noted.get(id);
    if (known === minute) return;
    if (known === undefined && this.#noted.size >= (this.#options.maxKeys ?? KEY_USAGE_LIMITS.keys)) this.#dropped++;
    else this.#noted.set(id, minute);
  }

  /** Hands on what was noted, and waits for it no longer than `ms`. One that is under way is joined. Never rejects. */
  async flush(ms: number): Promise<void> {
    this.#flushing ??= this.#flush().finally(() => {
      this.#flushing = null;
    });
    await withDeadline(this.#flushing, ms, 'Handing on the use of keys').catch(() => undefined);
  }

  status(): KeyUsageStatus {
    return {
      waiting: this.#noted.size + (this.#unsent?.usage.keys.length ?? 0),
      dropped: this.#dropped,
      failures: this.#failures,
    };
  }

  async #flush(): Promise<void> {
    for (const id of this.#options.inUse()) this.note(id);
    try {
      if (this.#unsent !== null) await this.#push(this.#unsent);
      this.#unsent = this.#take();
      if (this.#unsent !== null) await this.#push(this.#unsent);
      this.#unsent = null;
      this.#failures = 0;
    } catch (error) {
      this.#failures++;
      this.#options.logger.warn({ err: error, failures: this.#failures }, 'The use of keys could not be handed on');
    }
  }

  #take(): Item | null {
    if (this.#noted.size === 0) return null;
    const usage = { keys: [...this.#noted] };
    this.#noted.clear();
    return { id: `${this.#options.instance}.${(this.#items += 1)}`, usage };
  }

  async #push({ id, usage }: Item): Promise<void> {
    const { queue, pushDeadlineMs } = this.#options;
    const body = Buffer.from(JSON.stringify(usage));
    await withDeadline(queue.push(KEY_USAGE_QUEUE, [{ id, body }]), pushDeadlineMs, 'Pushing the use of keys');
  }
}
