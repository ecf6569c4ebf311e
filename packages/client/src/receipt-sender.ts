/** Tells the edge which revision this instance has applied: soon after it did, and now and then. */
import {
  type Applied,
  comparePlaces,
  type Receipt,
  RECEIPT_EVERY_MS,
  RECEIPT_LIMITS,
  RECEIPT_TRYING_MS,
  type ReceiptPlace,
  shortProblem,
} from '@flaghoist/protocol/exposures';
import { backoff, believedRetryAfter, RETRY_AFTER_CAP_MS } from './backoff.ts';
import type { Random, Timers } from './transport.ts';

export interface ReceiptAnswer {
  /** HTTP status. */
  readonly status: number;
  readonly retryAfterMs?: number;
  /** Over how long the edge wants receipts of one change spread. */
  readonly spreadMs?: number;
}

export interface ReceiptSenderOptions {
  /** Random for each start, 16 to 64 characters of `A-Za-z0-9_-`. */
  readonly instance: string;
  readonly sdk: string;
  readonly host: string;
  /** What is held now, and whether the server confirms it at this moment. */
  readonly held: () => {
    readonly place: ReceiptPlace | null;
    readonly fresh: boolean;
    /** The candidate on it; absent: none. */
    readonly candidate?: number;
  };
  /** POSTs one receipt. Rejects when there was no answer; settles within a deadline of its own. */
  readonly send: (body: string) => Promise<ReceiptAnswer>;
  readonly timers: Timers;
  readonly random: Random;
  /** Milliseconds that only ever grow: how long ago something was applied is measured with it. */
  readonly elapsed: () => number;
}

export interface ReceiptSender {
  start(): void;
  /** A newer ruleset is in use. */
  applied(): void;
  /** What is held was confirmed by the server. */
  confirmed(): void;
  /** The newest ruleset was refused. Forgotten when another one is applied, or what is held is confirmed. */
  refused(message: string): void;
  /** An evaluation of what is held ended in an error of the evaluator's own. */
  erred(): void;
  /** Says goodbye, once, and ends. Never rejects. */
  close(deadlineMs: number): Promise<void>;
}

/**
 * A receipt follows what was applied within the spread that the edge asked for, at a random moment, so that 10,000
 * instances do not answer one change in one millisecond; what is applied meanwhile goes with it. One request at a time;
 * one that fails is made again, with what came in since, after full jitter over 1 to 30 s and not before `Retry-After`, one
 * that is refused (4xx) after five minutes. Nothing waits for a receipt, and none is kept over a restart.
 */
export function createReceiptSender(options: ReceiptSenderOptions): ReceiptSender {
  return new Sender(options);
}

/** Until an edge has said otherwise. */
const SPREAD_MS = 1_000;
const LONGEST_SPREAD_MS = 30_000;

class Sender implements ReceiptSender {
  readonly #options: ReceiptSenderOptions;
  readonly #applied: { readonly place: ReceiptPlace; readonly at: number }[] = [];
  #problem: string | null = null;
  /** Of the candidate that is held. */
  #errors: { readonly candidate: number; count: number } | null = null;
  /** What was applied before the server first confirmed anything was caught up with at the start: no delivery. */
  #settled = false;
  #freshAt: number | null = null;
  #spreadMs = SPREAD_MS;
  #timer: { readonly due: number; readonly cancel: () => void } | null = null;
  /** Before this nothing is sent, because the last attempt failed. */
  #notBefore = 0;
  #failures = 0;
  #known = false;
  #news = false;
  #sending: Promise<void> | null = null;
  #closed = false;

  constructor(options: ReceiptSenderOptions) {
    this.#options = options;
  }

  start(): void {
    this.#soon();
  }

  applied(): void {
    const { place } = this.#options.held();
    this.#problem = null;
    if (place === null) return;
    const last = this.#applied.at(-1);
    // An earlier place comes with another environment: what was applied of the other one means nothing there.
    if (last !== undefined && comparePlaces(place, last.place) < 0) this.#applied.length = 0;
    if (this.#settled) this.#applied.push({ place, at: this.#options.elapsed() });
    if (this.#applied.length > RECEIPT_LIMITS.applied) this.#applied.shift();
    this.#soon();
  }

  confirmed(): void {
    this.#freshAt = this.#options.elapsed();
    if (this.#settled && this.#problem === null) return;
    this.#settled = true;
    this.#problem = null;
    this.#soon();
  }

  refused(message: string): void {
    const problem = shortProblem(message);
    if (problem === this.#problem) return;
    this.#problem = problem;
    this.#soon();
  }

  erred(): void {
    const { candidate } = this.#options.held();
    if (candidate === undefined) return;
    if (this.#errors?.candidate === candidate) this.#errors.count++;
    else {
      this.#errors = { candidate, count: 1 };
      this.#soon();
    }
  }

  async close(deadlineMs: number): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#timer?.cancel();
    let cancel = (): void => {};
    const late = new Promise<void>((resolve) => {
      cancel = this.#options.timers.after(deadlineMs, resolve);
    });
    await Promise.race([this.#sayGoodbye(), late]);
    cancel();
  }

  async #sayGoodbye(): Promise<void> {
    await this.#sending;
    const { instance, send } = this.#options;
    const receipt: Receipt = { instance, state: 'closed' };
    if (this.#known) await send(JSON.stringify(receipt)).catch(() => undefined);
  }

  /** Something is different from what the edge was told. */
  #soon(): void {
    this.#news = true;
    this.#schedule(this.#options.random() * this.#spreadMs);
  }

  #schedule(ms: number): void {
    const { timers, elapsed } = this.#options;
    const now = elapsed();
    const due = Math.max(now + ms, this.#notBefore);
    if (this.#closed || this.#sending !== null || (this.#timer !== null && this.#timer.due <= due)) return;
    this.#timer?.cancel();
    const cancel = timers.after(due - now, () => {
      this.#timer = null;
      this.#sending = this.#send().finally(() => {
        this.#sending = null;
        if (this.#news) this.#soon();
        else this.#schedule(this.#pause());
      });
    });
    this.#timer = { due, cancel };
  }

  #pause(): number {
    const spread = this.#options.random() * this.#spreadMs;
    if (this.#options.held().candidate !== undefined) return RECEIPT_TRYING_MS + spread;
    return RECEIPT_EVERY_MS.min + this.#options.random() * (RECEIPT_EVERY_MS.max - RECEIPT_EVERY_MS.min);
  }

  async #send(): Promise<void> {
    const { send, elapsed } = this.#options;
    this.#news = false;
    const told = [...this.#applied];
    const answer = await send(JSON.stringify(this.#receipt())).catch((): ReceiptAnswer => ({ status: 0 }));
    if (answer.status >= 200 && answer.status < 300) {
      this.#known = true;
      this.#failures = 0;
      this.#notBefore = 0;
      if (answer.spreadMs !== undefined) this.#spreadMs = Math.min(Math.max(0, answer.spreadMs), LONGEST_SPREAD_MS);
      while (this.#applied[0] !== undefined && told.includes(this.#applied[0])) this.#applied.shift();
      return;
    }
    this.#news = true;
    this.#notBefore = elapsed() + this.#waitAfter(answer);
  }

  #waitAfter({ status, retryAfterMs }: ReceiptAnswer): number {
    const { random } = this.#options;
    const refused = status >= 400 && status < 500 && status !== 408 && status !== 429;
    if (refused) return RETRY_AFTER_CAP_MS * (1 + random() / 10);
    return believedRetryAfter(retryAfterMs) + random() * backoff(this.#failures++);
  }

  #receipt(): Receipt {
    const { instance, sdk, host, held, elapsed } = this.#options;
    const { place, fresh, candidate } = held();
    const tried = candidate === undefined ? {} : { candidate, errors: this.#errorsOf(candidate) };
    const now = elapsed();
    if (fresh) this.#freshAt = now;
    const ago = (at: number): number => Math.min(RECEIPT_LIMITS.longestMs, Math.max(0, Math.round(now - at)));
    return {
      instance,
      sdk,
      host,
      state: 'following',
      place,
      applied: this.#applied.map(({ place: [epoch, revision], at }): Applied => [epoch, revision, ago(at)]),
      ageMs: this.#freshAt === null ? null : ago(this.#freshAt),
      problem: this.#problem,
      ...tried,
    };
  }

  #errorsOf(candidate: number): number {
    return this.#errors?.candidate === candidate ? this.#errors.count : 0;
  }
}
