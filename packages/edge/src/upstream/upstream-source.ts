/** Another edge or server as the source of rulesets: snapshots one by one, one stream for all, and the list of them. */
import type { Pace, Timers, Transport } from '@flaghoist/client';
import type { RulesetSource, SourceListener } from '../replica/ruleset-source.ts';
import { EnvironmentList } from './environment-list.ts';
import { SharedStream } from './shared-stream.ts';
import type { UpstreamRequests } from './upstream-requests.ts';

export interface UpstreamSourceOptions {
  readonly requests: Pick<UpstreamRequests, 'environments' | 'snapshot' | 'stream'>;
  readonly timers: Timers;
  /** 0 <= x < 1 */
  readonly random: () => number;
}

/**
 * Keys are revoked here too, within five seconds: whoever is held up by a proxy that buffers, or has lost its upstream, asks
 * again that soon. There are few edges, and what they ask for is conditional.
 */
const PACE: Pace = { baseMs: 1_000, capMs: 5_000, pollMs: 3_000 };
/** Those who fail together within this time draw the same wait. */
const TOGETHER_MS = 20;

export class UpstreamSource implements RulesetSource {
  readonly pace = PACE;
  readonly #options: UpstreamSourceOptions;
  readonly #stream: SharedStream;
  readonly #list: EnvironmentList;
  readonly #held = new Set<string>();
  #listener: SourceListener | null = null;
  #drawn: number | null = null;

  constructor(options: UpstreamSourceOptions) {
    this.#options = options;
    const { requests, timers, random } = options;
    this.#stream = new SharedStream({
      open: (places, listener) => requests.stream(places, listener),
      timers,
      onEnvironments: () => this.#list.doubt(),
    });
    this.#list = new EnvironmentList({
      ask: (held, signal) => requests.environments(held, signal),
      held: () => [...this.#held],
      timers,
      random,
      onAnswer: ({ environments, withdrawn }) => {
        for (const id of withdrawn) {
          this.#held.delete(id);
          this.#listener?.onWithdrawn(id);
        }
        this.#listener?.onEnvironments(environments);
      },
      onFailure: (error) => this.#listener?.onUnavailable(error),
    });
  }

  start(listener: SourceListener): void {
    this.#listener = listener;
    this.#list.start();
  }

  async stop(): Promise<void> {
    this.#listener = null;
    await this.#list.stop();
  }

  transport(environment: string): Transport {
    this.#held.add(environment);
    return {
      fetch: (etag, listener, atLeast) => this.#options.requests.snapshot(environment, { etag, atLeast }, listener),
      connect: (after, listener) => this.#stream.join(environment, after, listener),
    };
  }

  /** A conditional request at once, beside the stream. */
  ask(_environment: string, ask: () => void): void {
    ask();
  }

  keyRefused(): void {
    this.#list.doubt();
  }

  random(): number {
    if (this.#drawn === null) {
      this.#drawn = this.#options.random();
      this.#options.timers.after(TOGETHER_MS, () => {
        this.#drawn = null;
      });
    }
    return this.#drawn;
  }
}
