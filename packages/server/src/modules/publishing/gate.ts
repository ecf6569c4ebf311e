/**
 * The gate: what every revision passes before anybody is served it. It prepares and evaluates in a worker, so that what is
 * large, slow or endless holds up neither requests nor streams of this process.
 */
import { Worker } from 'node:worker_threads';
import type { EntityVersion } from '../changes/index.ts';
import { type FromWorker, type GateBlock, PROGRESS, type ToWorker } from './gate-messages.ts';
import type { Proposal, Publication } from './line.ts';

/** Under Vitest this file is TypeScript, which Node 20 runs in no worker: the built one is the same code. */
const WORKER = new URL(
  import.meta.url.endsWith('.ts') ? '../../../dist/modules/publishing/gate-worker.js' : './gate-worker.js',
  import.meta.url,
);

/** How often the worker's progress is looked at, and how many looks without any mean that it is stuck: one second. */
const LOOK_MS = 100;
const STUCK_LOOKS = 10;
/** The same while it starts: loading the code takes 0.2 s on a quiet machine. */
const START_LOOKS = 300;
/** Entities sent at a time: about a millisecond. */
const PART = 500;
/** Text of the environments that are kept prepared, in UTF-16 code units; each takes some three times that in memory. */
const KEPT_TEXT = 64 << 20;
const HEAP_MB = 1_024;

export type GateAnswer =
  | { readonly outcome: 'passed'; readonly block: GateBlock }
  | { readonly outcome: 'refused'; readonly problem: string }
  /** Judging came to no end, or took the worker down; it is started anew, and knows nothing any more. */
  | { readonly outcome: 'lost'; readonly entity: EntityVersion | null; readonly problem: string };

export type LoadAnswer =
  | { readonly outcome: 'loaded'; readonly unprepared: readonly string[] }
  | (GateAnswer & { readonly outcome: 'lost' });

interface Running {
  readonly worker: Worker;
  readonly progress: Int32Array;
  isReady: boolean;
}

interface Pending {
  readonly entities: readonly EntityVersion[];
  readonly settle: (answer: FromWorker | (GateAnswer & { readonly outcome: 'lost' })) => void;
}

export class Gate {
  readonly #start: (progress: SharedArrayBuffer) => Worker;
  /** Environments the worker holds, with the size of their text: the one used last is last. */
  readonly #held = new Map<string, number>();
  #running: Running | null = null;
  #pending: Pending | null = null;
  #stopped = false;

  /** `startWorker`: another worker than the shipped one, for tests of what happens when it fails. */
  constructor(startWorker = startShippedWorker) {
    this.#start = startWorker;
  }

  /** Starts the worker before anything is asked, so that the first change does not wait for it: 0.2 s, or 2 s under load. */
  warm(): void {
    if (!this.#stopped) this.#running ??= this.#begin();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#end('the publisher is stopping');
  }

  /** Whether an environment can be asked about without loading it. */
  holds(environmentId: string): boolean {
    return this.#held.has(environmentId);
  }

  /** Gives the worker an environment as it was last published. */
  async load(environmentId: string, at: Publication, entities: readonly EntityVersion[]): Promise<LoadAnswer> {
    const answer = await this.#ask({ type: 'load', environmentId, at }, entities);
    if ('outcome' in answer) return answer;
    if (answer.type !== 'loaded') throw new Error(told(answer));
    this.#keep(environmentId, sizeOf(entities));
    return { outcome: 'loaded', unprepared: answer.unprepared };
  }

  /** Makes the next revision, if it passes. The environment must be held. One request at a time. */
  async next(environmentId: string, { entities, ...proposal }: Proposal): Promise<GateAnswer> {
    const answer = await this.#ask({ type: 'next', environmentId, proposal }, entities);
    if ('outcome' in answer) return answer;
    if (answer.type === 'refused') return { outcome: 'refused', problem: answer.problem };
    if (answer.type !== 'passed') {
      this.drop(environmentId);
      throw new Error(told(answer));
    }
    this.#keep(environmentId, (this.#held.get(environmentId) ?? 0) + sizeOf(entities));
    return { outcome: 'passed', block: answer.block };
  }

  /** Forgets an environment: what the worker holds of it may not be what was published. */
  drop(environmentId: string): void {
    if (this.#held.delete(environmentId)) this.#running?.worker.postMessage({ type: 'drop', environmentId }, []);
  }

  #keep(environmentId: string, size: number): void {
    this.#held.delete(environmentId);
    this.#held.set(environmentId, size);
    let total = [...this.#held.values()].reduce((sum, one) => sum + one, 0);
    for (const [oldest, text] of this.#held) {
      if (total <= KEPT_TEXT || oldest === environmentId) break;
      this.drop(oldest);
      total -= text;
    }
  }

  async #ask(request: ToWorker, entities: readonly EntityVersion[]) {
    if (this.#stopped) throw new Error('the gate was stopped');
    if (this.#pending !== null) throw new Error('the gate takes one request at a time');
    const running = this.#running ?? this.#begin();
    const answered = new Promise<Parameters<Pending['settle']>[0]>((resolve) => {
      this.#pending = { entities, settle: resolve };
    });
    const stopWatching = this.#watch(running);
    try {
      for (let from = 0; from < entities.length && this.#running === running; from += PART) {
        running.worker.postMessage({ type: 'entities', entities: entities.slice(from, from + PART) }, []);
        if (entities.length > PART) await new Promise(setImmediate);
      }
      if (this.#running === running) running.worker.postMessage(request, []);
      return await answered;
    } finally {
      stopWatching();
      this.#pending = null;
    }
  }

  #begin(): Running {
    const shared = new SharedArrayBuffer(PROGRESS.length * Int32Array.BYTES_PER_ELEMENT);
    const worker = this.#start(shared);
    const running: Running = { worker, progress: new Int32Array(shared), isReady: false };
    this.#running = running;
    worker.on('message', (message: FromWorker) => {
      if (message.type === 'ready') running.isReady = true;
      else if (this.#running === running) this.#pending?.settle(message);
    });
    const die = (error?: unknown) => {
      if (this.#running === running) void this.#end(error instanceof Error ? error.message : 'the worker ended');
    };
    worker.on('error', die);
    worker.on('exit', () => die());
    return running;
  }

  /** Looks are counted, not time: while the whole machine stands still, nobody is stuck. */
  #watch(running: Running): () => void {
    let seen = -1;
    let looks = 0;
    const timer = setInterval(() => {
      const steps = Atomics.load(running.progress, PROGRESS.steps);
      looks = steps === seen ? looks + 1 : 0;
      seen = steps;
      if (looks >= (running.isReady ? STUCK_LOOKS : START_LOOKS) && this.#running === running)
        void this.#end('it came to no end within a second');
    }, LOOK_MS);
    return () => clearInterval(timer);
  }

  async #end(why: string): Promise<void> {
    const running = this.#running;
    if (running === null) return;
    this.#running = null;
    this.#held.clear();
    const entity = this.#pending?.entities[Atomics.load(running.progress, PROGRESS.entity)] ?? null;
    const name = entity === null ? 'the environment' : `${entity.kind}/${entity.key}`;
    const problem = `${name}: judging it failed (${why}). Make it smaller, or undo the last change to it.`;
    this.#pending?.settle({ outcome: 'lost', entity, problem });
    await running.worker.terminate();
  }
}

function startShippedWorker(progress: SharedArrayBuffer): Worker {
  const resourceLimits = { maxOldGenerationSizeMb: HEAP_MB };
  const worker = new Worker(WORKER, { workerData: { progress }, execArgv: [], resourceLimits });
  worker.unref();
  return worker;
}

function sizeOf(entities: readonly EntityVersion[]): number {
  return entities.reduce((size, { json }) => size + (json?.length ?? 0), 0);
}

function told(answer: FromWorker): string {
  return answer.type === 'failed' ? `the gate failed: ${answer.message}` : `the gate answered ${answer.type}`;
}
