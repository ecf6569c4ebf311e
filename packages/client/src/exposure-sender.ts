/** Sends what an exposure counter has counted, in order, each batch until it is safe or given up as dropped. */
import type { ExposureBatch } from '@flaghoist/protocol/exposures';
import { backoff, believedRetryAfter } from './backoff.ts';
import type { ExposureCounter } from './exposure-counter.ts';
import type { Random, Timers } from './transport.ts';

export interface ExposureSenderOptions {
  readonly counter: ExposureCounter;
  /** POSTs one batch. Rejects when there was no answer; settles within a deadline of its own. */
  readonly send: (body: string) => Promise<{ readonly status: number; readonly retryAfterMs?: number }>;
  readonly timers: Timers;
  readonly random: Random;
  /** How often the counter is emptied while batches get through. */
  readonly flushMs: number;
  /** Batches kept while they do not; at least 2. Default: 20. */
  readonly maxBatches?: number;
  /** Evaluations were dropped, and why. */
  readonly onDropped?: (evaluations: number, why: string) => void;
}

export interface ExposureSender {
  start(): void;
  /** Sends everything now, each batch once. True when everything was taken before the deadline. */
  flush(deadlineMs: number): Promise<boolean>;
  /** Flushes and ends; what was not taken by then is lost, and reported as dropped. */
  close(deadlineMs: number): Promise<boolean>;
}

/**
 * Answers: 202 removes the batch; no other 2xx is an edge's, but that of a proxy which asks people to sign in. 4xx except
 * 408 and 429 drops it and counts it in the next batch. Anything else is tried again with the same bytes, after full jitter over 1 to 30 s and not before `Retry-After`.
 *
 * One request at a time. While a batch waits the counter goes on adding up, and is emptied only when it is half full:
 * an hour without a server costs a few batches, not 3,600.
 */
export function createExposureSender(options: ExposureSenderOptions): ExposureSender {
  return new Sender(options);
}

const DEFAULT_BATCHES = 20;

class Sender implements ExposureSender {
  readonly #options: ExposureSenderOptions;
  readonly #batches: ExposureBatch[] = [];
  #sending: Promise<boolean> | null = null;
  #failures = 0;
  #cancelTick: (() => void) | null = null;
  #cancelPause: (() => void) | null = null;
  #closed = false;

  constructor(options: ExposureSenderOptions) {
    if (options.maxBatches !== undefined && options.maxBatches < 2) throw new RangeError('maxBatches is 2 or more.');
    this.#options = options;
  }

  start(): void {
    if (this.#closed || this.#cancelTick !== null) return;
    this.#cancelTick = this.#options.timers.after(this.#options.flushMs, () => {
      this.#cancelTick = null;
      this.start();
      if (this.#batches.length === 0 || this.#options.counter.crowded) this.#collect();
      void this.#pump();
    });
  }

  async flush(deadlineMs: number): Promise<boolean> {
    this.#collect();
    this.#cancelPause?.();
    this.#cancelPause = null;
    let cancelDeadline = (): void => {};
    const late = new Promise<void>((resolve) => {
      cancelDeadline = this.#options.timers.after(deadlineMs, resolve);
    });
    await Promise.race([this.#sendAll(), late]);
    cancelDeadline();
    return this.#batches.length === 0;
  }

  async close(deadlineMs: number): Promise<boolean> {
    this.#closed = true;
    this.#cancelTick?.();
    this.#cancelTick = null;
    const all = await this.flush(deadlineMs);
    this.#cancelPause?.();
    this.#cancelPause = null;
    const lost = this.#batches.splice(0).reduce((sum, batch) => sum + evaluationsOf(batch), 0);
    if (lost > 0) this.#options.onDropped?.(lost, 'they could not be delivered before closing');
    return all;
  }

  #collect(): void {
    const { counter, maxBatches = DEFAULT_BATCHES } = this.#options;
    // The first one may be on its way right now, so it is the oldest of the others that goes.
    if (this.#batches.length >= maxBatches) this.#drop(1, 'too many batches wait to be sent');
    const batch = counter.drain();
    if (batch !== null) this.#batches.push(batch);
  }

  #drop(index: number, why: string): void {
    const [batch] = this.#batches.splice(index, 1);
    if (batch === undefined) return;
    const evaluations = evaluationsOf(batch);
    this.#options.counter.drop(evaluations);
    this.#options.onDropped?.(evaluations, why);
  }

  /** Sends until nothing waits, or until one batch has to be tried again later. */
  async #pump(): Promise<void> {
    if (this.#cancelPause !== null || this.#sending !== null) return;
    await this.#sendAll();
  }

  async #sendAll(): Promise<void> {
    while (this.#batches.length > 0) {
      this.#sending ??= this.#sendFirst().finally(() => {
        this.#sending = null;
      });
      if (!(await this.#sending)) return;
    }
  }

  /** False when the first batch has to wait. Never rejects. */
  async #sendFirst(): Promise<boolean> {
    const [batch] = this.#batches;
    if (batch === undefined) return true;
    const { status, retryAfterMs } = await this.#answerTo(batch);
    if (status === 202) this.#batches.shift();
    else if (status >= 400 && status < 500 && status !== 408 && status !== 429)
      this.#drop(0, `the server refused them with status ${status}`);
    else {
      this.#pause(retryAfterMs);
      return false;
    }
    this.#failures = 0;
    return true;
  }

  async #answerTo(batch: ExposureBatch): Promise<{ readonly status: number; readonly retryAfterMs?: number }> {
    try {
      return await this.#options.send(JSON.stringify(batch));
    } catch {
      return { status: 0 };
    }
  }

  #pause(retryAfterMs: number | undefined): void {
    const { timers, random } = this.#options;
    const ms = believedRetryAfter(retryAfterMs) + random() * backoff(this.#failures);
    this.#failures += 1;
    if (this.#closed) return;
    this.#cancelPause?.();
    this.#cancelPause = timers.after(ms, () => {
      this.#cancelPause = null;
      void this.#pump();
    });
  }
}

function evaluationsOf(batch: ExposureBatch): number {
  return batch.rows.reduce((sum, row) => sum + row.count, batch.dropped);
}
