/**
 * Which environments the relay key may follow: asked for again and again, because that is the only thing that is not
 * known from a ruleset. What it says about those that are held is an edge's only reason to forget one.
 */
import { backoff, believedRetryAfter, type Timers } from '@flaghoist/client';
import { HEARTBEAT_MS, type RelayEnvironments } from '@flaghoist/protocol/ruleset';
import { UpstreamRefusal } from './upstream-requests.ts';

export interface EnvironmentListOptions {
  readonly ask: (held: readonly string[], signal: AbortSignal) => Promise<RelayEnvironments>;
  readonly held: () => readonly string[];
  readonly timers: Timers;
  readonly random: () => number;
  readonly onAnswer: (answer: RelayEnvironments) => void;
  readonly onFailure: (error: unknown) => void;
}

const REFUSED_RETRY_MS = 300_000;
/** A doubt is looked into at once, and then not again for so long. */
const DOUBT_REST_MS = 1_000;

export class EnvironmentList {
  readonly #options: EnvironmentListOptions;
  readonly #stopping = new AbortController();
  #cancelWait: (() => void) | null = null;
  #cancelRest: (() => void) | null = null;
  #asking: Promise<void> | null = null;
  #failures = 0;
  #doubted = false;

  constructor(options: EnvironmentListOptions) {
    this.#options = options;
  }

  start(): void {
    this.#ask();
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    this.#cancelWait?.();
    this.#cancelRest?.();
    await this.#asking;
  }

  /** There is reason to think that the list has changed. */
  doubt(): void {
    // A list that could not be had is asked for anyway, at its own pace.
    if (this.#failures > 0 || this.#stopping.signal.aborted) return;
    this.#doubted = true;
    if (this.#cancelRest !== null || this.#asking !== null) return;
    this.#doubted = false;
    this.#cancelRest = this.#options.timers.after(DOUBT_REST_MS, () => {
      this.#cancelRest = null;
      if (this.#doubted) this.doubt();
    });
    this.#ask();
  }

  #ask(): void {
    if (this.#stopping.signal.aborted) return;
    this.#cancelWait?.();
    this.#cancelWait = null;
    this.#asking = this.#askOnce().finally(() => {
      this.#asking = null;
      if (this.#doubted) this.doubt();
    });
  }

  async #askOnce(): Promise<void> {
    const { ask, held, onAnswer, onFailure } = this.#options;
    const { signal } = this.#stopping;
    try {
      const answer = await ask(held(), signal);
      if (signal.aborted) return;
      this.#failures = 0;
      this.#askAfter(HEARTBEAT_MS * 0.8, HEARTBEAT_MS * 1.2);
      onAnswer(answer);
    } catch (error) {
      if (signal.aborted) return;
      const window = backoff(this.#failures++);
      const refused = error instanceof UpstreamRefusal && (error.status === 401 || error.status === 403);
      const asked = error instanceof UpstreamRefusal ? believedRetryAfter(error.retryAfterMs) : 0;
      if (refused) this.#askAfter(REFUSED_RETRY_MS, REFUSED_RETRY_MS * 1.1);
      else this.#askAfter(asked, asked + window);
      onFailure(error);
    }
  }

  #askAfter(minMs: number, maxMs: number): void {
    const { timers, random } = this.#options;
    this.#cancelWait = timers.after(minMs + random() * (maxMs - minMs), () => this.#ask());
  }
}
