/** Keeps worker processes running: one for each number, another in its place when one ends. */
import type { Logger } from '../telemetry/index.ts';

export interface WorkerProcess {
  readonly pid: number | undefined;
  /** What it answers as plain data; undefined: nothing, within this time. Never rejects. */
  ask(ms: number): Promise<unknown>;
  /** Asks it to end in order. */
  stop(): void;
  kill(): void;
}

/** What a worker says and what becomes of it. `onEnd` is the last call. */
export interface WorkerListener<Ready> {
  /** It does its work. At most once. */
  readonly onReady: (ready: Ready) => void;
  /** Why it cannot: before its end. */
  readonly onFailed: (error: Error) => void;
  readonly onEnd: (how: string) => void;
}

export type ForkWorker<Ready> = (number: number, listener: WorkerListener<Ready>) => WorkerProcess;

export interface SupervisorOptions<Ready> {
  readonly numbers: readonly number[];
  readonly fork: ForkWorker<Ready>;
  readonly logger: Logger;
  /** 0 <= x < 1, so that workers that died together do not come back together. */
  readonly random: () => number;
  /** How long workers get to end in order before they are killed. */
  readonly stopMs: number;
  readonly setTimer?: (run: () => void, ms: number) => () => void;
}

export interface Supervisor<Ready> {
  /**
   * Resolves with what each worker said, in the order of their numbers, when all are ready for the first time. Rejects
   * with why the first of them cannot start, once all others are gone too: what is wrong then is wrong for all.
   */
  start(): Promise<readonly Ready[]>;
  /** What those answer that do so in this time. */
  ask(ms: number): Promise<readonly unknown[]>;
  /** Asks all workers to end; resolves when they have. Starts no other. Every call returns the same promise. */
  stop(): Promise<void>;
  /** Resolves when all have ended after `stop`, whoever called that. */
  readonly finished: Promise<void>;
}

/** A worker that ends is replaced after about 0.75, 1.5, 3 ... 30 s; one that was ready for this long begins anew. */
const HEALTHY_MS = 60_000;
const FIRST_WAIT_MS = 1_000;
const LONGEST_WAIT_MS = 30_000;

interface Place<Ready> {
  readonly number: number;
  process: WorkerProcess | null;
  ready: Ready | null;
  error: Error | null;
  failures: number;
  /** Takes back what it waits for: its next start, or to be called healthy. */
  cancel: () => void;
}

export function createSupervisor<Ready>(options: SupervisorOptions<Ready>): Supervisor<Ready> {
  return new Workers(options);
}

class Workers<Ready> implements Supervisor<Ready> {
  readonly finished: Promise<void>;
  readonly #options: SupervisorOptions<Ready>;
  readonly #places: readonly Place<Ready>[];
  #finish: () => void = () => undefined;
  #onReady: () => void = () => undefined;
  #onFailed: (error: Error) => void = () => undefined;
  #started = false;
  #stopping: Promise<void> | null = null;

  constructor(options: SupervisorOptions<Ready>) {
    this.#options = options;
    this.#places = options.numbers.map((number) => ({
      number,
      process: null,
      ready: null,
      error: null,
      failures: 0,
      cancel: () => undefined,
    }));
    this.finished = new Promise((resolve) => {
      this.#finish = resolve;
    });
  }

  async start(): Promise<readonly Ready[]> {
    const ready = new Promise<void>((resolve, reject) => {
      this.#onReady = resolve;
      this.#onFailed = reject;
    });
    for (const place of this.#places) this.#fork(place);
    try {
      await ready;
    } catch (error) {
      await this.stop();
      throw error;
    }
    return this.#places.flatMap(({ ready: said }) => (said === null ? [] : [said]));
  }

  async ask(ms: number): Promise<readonly unknown[]> {
    const asked = this.#places.flatMap(({ process }) => (process === null ? [] : [process.ask(ms)]));
    const answers = await Promise.all(asked);
    return answers.filter((answer) => answer !== undefined);
  }

  stop(): Promise<void> {
    this.#stopping ??= this.#stopAll();
    return this.#stopping;
  }

  async #stopAll(): Promise<void> {
    this.#onFailed(new Error('It was stopped before all workers were ready.'));
    for (const place of this.#places) {
      place.cancel();
      place.process?.stop();
    }
    const cancel = this.#after(this.#options.stopMs, () => {
      for (const { number, process } of this.#places) {
        if (process === null) continue;
        this.#options.logger.error(
          { worker: number, workerPid: process.pid },
          'a worker did not end in time and is killed',
        );
        process.kill();
      }
    });
    this.#checkFinished();
    await this.finished;
    cancel();
  }

  #fork(place: Place<Ready>): void {
    const { fork, logger } = this.#options;
    place.error = null;
    place.process = fork(place.number, {
      onReady: (ready) => {
        place.ready = ready;
        place.cancel = this.#after(HEALTHY_MS, () => {
          place.failures = 0;
        });
        logger.info({ worker: place.number, workerPid: place.process?.pid }, 'a worker is ready');
        if (this.#started || this.#places.some((one) => one.ready === null)) return;
        this.#started = true;
        this.#onReady();
      },
      onFailed: (error) => {
        place.error = error;
      },
      onEnd: (how) => this.#ended(place, how),
    });
  }

  #ended(place: Place<Ready>, how: string): void {
    const { number, error } = place;
    const workerPid = place.process?.pid;
    place.process = null;
    place.cancel();
    if (this.#stopping !== null) {
      this.#checkFinished();
      return;
    }
    if (!this.#started) {
      this.#onFailed(error ?? new Error(`Worker ${number} ended with ${how} before all were ready.`));
      return;
    }
    const window = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** Math.min(place.failures, 16));
    place.failures += 1;
    const waitMs = Math.round(window * (0.5 + this.#options.random() / 2));
    this.#options.logger.error(
      { worker: number, workerPid, how, problem: error?.message, waitMs },
      'a worker ended; another takes its place',
    );
    place.cancel = this.#after(waitMs, () => this.#fork(place));
  }

  #checkFinished(): void {
    if (this.#places.every(({ process }) => process === null)) this.#finish();
  }

  #after(ms: number, run: () => void): () => void {
    const { setTimer = setSystemTimer } = this.#options;
    return setTimer(run, ms);
  }
}

function setSystemTimer(run: () => void, ms: number): () => void {
  const timer = setTimeout(run, ms);
  return () => clearTimeout(timer);
}
