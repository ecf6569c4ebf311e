/**
 * The bus as a source: a checkpoint and what follows it is what a snapshot is, messages after a place are what a stream
 * carries, and heads that are compared prove that nothing is newer.
 */
import type { Pace, Transport } from '@flaghoist/client';
import type { LogMessage, OrderedLog, Subscription } from '@flaghoist/bus';
import { candidateIn, candidateStream, isCandidateStream, type Sha256 } from '@flaghoist/protocol/ruleset';
import type { Timers } from '@flaghoist/client';
import { withDeadline } from '../deadline.ts';
import { BusTransport, type StreamHead } from './bus-transport.ts';
import { CandidateTransport } from './candidate-transport.ts';
import type { RulesetSource, SourceListener } from './ruleset-source.ts';
import { createTurns, type Turns } from './turns.ts';

/** What is asked of the bus by whoever only follows it. */
export type ReadableLog = Pick<OrderedLog, 'heads' | 'readAfter' | 'readFromCheckpoint' | 'follow'>;

export interface BusSourceOptions {
  readonly log: ReadableLog;
  readonly sha256: Sha256;
  readonly timers: Timers;
  /** Lets others have their turn. */
  readonly pause: () => Promise<void>;
  /** Whether candidates are tried here. */
  readonly canary?: boolean;
  readonly limits: { readonly busDeadlineMs: number; readonly refusedRetryMs: number };
}

const RETRY_BASE_MS = 250;
/** Whoever needs something newer has the heads read at once, and the next together after so long. */
const ASK_REST_MS = 250;
/** Environments read at the same moment: one slow read must not hold up the others. */
const CONCURRENCY = 4;
/** What is longer takes long to apply, and has a turn of the event loop to itself: 10,000 flags take some 0.1 s. */
const LONG_BYTES = 64 << 10;

export class BusSource implements RulesetSource {
  readonly pace: Pace;
  readonly #options: BusSourceOptions;
  readonly #transports = new Map<string, BusTransport>();
  readonly #turns: Turns = createTurns(CONCURRENCY);
  /** Of a canary edge alone. */
  readonly #canaries = new Map<string, { readonly transport: CandidateTransport; seen: string | null }>();
  #listener: SourceListener | null = null;
  #heads: ReadonlyMap<string, StreamHead> | null = null;
  #subscription: Subscription | null = null;
  #first: Promise<void> | null = null;
  /** Resolves when the turn of whoever has something long came last. */
  #alone: Promise<void> = Promise.resolve();
  #stopped = false;
  /** The rest after somebody asked; null: there is none. */
  #cancelRest: (() => void) | null = null;
  #askedAgain = false;

  constructor(options: BusSourceOptions) {
    this.#options = options;
    this.pace = { baseMs: RETRY_BASE_MS, capMs: options.limits.refusedRetryMs, pollMs: options.limits.refusedRetryMs };
  }

  start(listener: SourceListener): void {
    this.#listener = listener;
    this.#first = this.#pass().then(() => {
      if (!this.#stopped) this.#subscription = this.#options.log.follow((named) => this.#wake(named));
    });
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#listener = null;
    this.#cancelRest?.();
    await this.#first;
    await this.#subscription?.stop();
    await this.#turns.idle();
  }

  transport(environment: string): Transport {
    const { log, sha256, canary = false } = this.#options;
    const known = this.#canaries.get(environment)?.transport ?? this.#transports.get(environment);
    if (known !== undefined) return known;
    const transport = new BusTransport({
      environment,
      sha256,
      readFromCheckpoint: () => this.#read(() => log.readFromCheckpoint(environment)),
      readAfter: (position, limit) => this.#read(() => log.readAfter(environment, position, limit)),
      look: () => this.#subscription?.request(),
      onNews: () => this.#listener?.onNews(environment),
    });
    transport.see(this.#heads?.get(environment) ?? null);
    this.#transports.set(environment, transport);
    if (!canary) return transport;
    const trying = new CandidateTransport(transport, sha256);
    this.#canaries.set(environment, { transport: trying, seen: null });
    return trying;
  }

  /** Every environment's head is compared at once: nobody needs to be told more. */
  ask(): void {
    if (this.#stopped) return;
    if (this.#cancelRest !== null) {
      this.#askedAgain = true;
      return;
    }
    this.#askedAgain = false;
    this.#subscription?.request();
    this.#cancelRest = this.#options.timers.after(ASK_REST_MS, () => {
      this.#cancelRest = null;
      if (this.#askedAgain) this.ask();
    });
  }

  /** What is named is read while the heads are asked for: nobody waits for one after the other. */
  #wake(named: ReadonlySet<string>): Promise<void> {
    for (const environment of named) this.#transports.get(environment)?.readOn();
    return this.#pass();
  }

  async #pass(): Promise<void> {
    const { log, limits, timers } = this.#options;
    try {
      const heads = await withDeadline(log.heads(), limits.busDeadlineMs, 'Reading the heads of the bus', timers);
      if (this.#stopped) return;
      this.#heads = heads;
      this.#listener?.onEnvironments([...heads.keys()].filter((stream) => !isCandidateStream(stream)));
      for (const environment of this.#canaries.keys()) await this.#readCandidate(environment, heads);
      for (const [environment, transport] of this.#transports) transport.confirm(heads.get(environment) ?? null);
    } catch (error) {
      if (this.#stopped) return;
      this.#listener?.onUnavailable(error);
      for (const transport of this.#transports.values()) transport.lose(error);
    }
  }

  /** What cannot be read is read at the next pass: it holds up nothing. */
  async #readCandidate(environment: string, heads: ReadonlyMap<string, StreamHead>): Promise<void> {
    const canary = this.#canaries.get(environment);
    const stream = candidateStream(environment);
    const last = heads.get(stream) ?? null;
    if (canary === undefined || canary.seen === (last?.id ?? null)) return;
    const at = last === null ? null : candidateIn(last.id);
    if (last === null || at === null) canary.transport.try(null);
    else {
      const messages = await this.#read(() => this.#options.log.readAfter(stream, last.position - 1, 1)).catch(
        () => [],
      );
      const [message] = messages;
      if (message?.id !== last.id) return;
      const { buffer, byteOffset, byteLength } = message.body;
      canary.transport.try({ at, text: Buffer.from(buffer, byteOffset, byteLength).toString() });
    }
    canary.seen = last?.id ?? null;
  }

  #read(read: () => Promise<readonly LogMessage[]>): Promise<readonly LogMessage[]> {
    const { limits, timers, pause } = this.#options;
    return this.#turns.take(async () => {
      const messages = await withDeadline(read(), limits.busDeadlineMs, 'Reading the bus', timers);
      if (messages.reduce((sum, { body }) => sum + body.length, 0) > LONG_BYTES) {
        this.#alone = this.#alone.then(pause);
        await this.#alone;
      }
      return messages;
    });
  }
}
