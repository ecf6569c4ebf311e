/** Counts what the doors evaluate and hands it to the spool as any SDK's batches. */
import { createExposureCounter, type ExposureCounter } from '@flaghoist/client';
import type { Evaluation } from '@flaghoist/evaluator';
import type { ExposureBatch } from '@flaghoist/protocol/exposures';
import type { Sha256 } from '@flaghoist/protocol/ruleset';
import { type ExposureStore, toLine } from './exposure-store.ts';

export interface EvaluationCountersOptions {
  readonly store: ExposureStore;
  /** Random for each start of the edge. */
  readonly instance: string;
  readonly sdk: string;
  readonly sha256: Sha256;
  readonly now: () => number;
  readonly maxRows: number;
}

/** Evaluations that are always answered together, by one environment, with how often they were since the last fold. */
export interface Countable {
  count: number;
  readonly evaluations: readonly { readonly flag: string; readonly evaluation: Evaluation }[];
}

const MINUTE_MS = 60_000;

/**
 * What was answered from one revision in one minute. To count is to add one to a number that lies with the answer: an
 * answer of fifty flags would otherwise spend as much on finding its rows as on everything else.
 */
export class Tally {
  readonly #touched: Countable[] = [];

  get size(): number {
    return this.#touched.length;
  }

  add(countable: Countable): void {
    if (countable.count++ === 0) this.#touched.push(countable);
  }

  /** Hands everything to the counter, adds it up by reason, and begins at zero. */
  fold(counter: ExposureCounter, revision: number, reasons: Map<string, number>): void {
    for (const countable of this.#touched) {
      for (const { flag, evaluation } of countable.evaluations) {
        counter.record(flag, evaluation, revision, countable.count);
        reasons.set(evaluation.reason, (reasons.get(evaluation.reason) ?? 0) + countable.count);
      }
      countable.count = 0;
    }
    this.#touched.length = 0;
  }
}

interface Counted {
  readonly counter: ExposureCounter;
  readonly tally: Tally;
  revision: number;
  /** Of the tally; rows are labelled with it. */
  minute: number;
  /** Drained and not stored yet: kept unchanged until it is, while the counter goes on counting in bounded space. */
  unsent: ExposureBatch | null;
  /** Its environment is not followed any more: kept until everything is stored. */
  leaving: boolean;
}

export class EvaluationCounters {
  readonly #options: EvaluationCountersOptions;
  readonly #counted = new Map<string, Counted>();
  readonly #reasons = new Map<string, number>();
  /** Counters made so far: one that is made again for an environment does not number its batches like the one before. */
  #made = 0;
  #flushing: Promise<void> | null = null;

  constructor(options: EvaluationCountersOptions) {
    this.#options = options;
  }

  /** Evaluations by reason since the start, as of the last flush: nothing is added up while one is answered. */
  get reasons(): ReadonlyMap<string, number> {
    return this.#reasons;
  }

  /** Where to count what is answered now from a revision; not to be kept. */
  open(environment: string, revision: number): Tally {
    const counted = this.#counted.get(environment) ?? this.#add(environment);
    counted.leaving = false;
    const minute = Math.floor(this.#options.now() / MINUTE_MS);
    const full = counted.tally.size >= this.#options.maxRows;
    if (full || counted.revision !== revision || counted.minute !== minute) {
      this.#fold(counted);
      counted.revision = revision;
      counted.minute = minute;
    }
    return counted.tally;
  }

  /** The environment is not followed any more. What was counted is stored by the next flush. */
  forget(environment: string): void {
    const counted = this.#counted.get(environment);
    if (counted !== undefined) counted.leaving = true;
  }

  /** Stores what was counted; what the spool does not take is offered again by the next call. Never rejects. */
  flush(): Promise<void> {
    this.#flushing ??= this.#flush().finally(() => {
      this.#flushing = null;
    });
    return this.#flushing;
  }

  async #flush(): Promise<void> {
    const environments = [...this.#counted];
    await Promise.all(environments.map(([environment, counted]) => this.#store(environment, counted)));
  }

  async #store(environment: string, counted: Counted): Promise<void> {
    this.#fold(counted);
    counted.unsent ??= counted.counter.drain();
    if (counted.unsent === null) {
      if (counted.leaving) this.#counted.delete(environment);
      return;
    }
    const outcome = await this.#options.store.append(toLine(environment, counted.unsent));
    if (outcome === 'stored') counted.unsent = null;
  }

  #add(environment: string): Counted {
    const { instance, sdk, sha256, maxRows } = this.#options;
    // Batches are known by instance and sequence alone, and each counter counts its own sequence.
    const own = sha256(`${instance}\t${environment}\t${(this.#made += 1)}`);
    const now = (): number => counted.minute * MINUTE_MS;
    const counter = createExposureCounter({ instance: own, sdk, now, maxRows });
    const counted: Counted = { counter, tally: new Tally(), revision: 0, minute: 0, unsent: null, leaving: false };
    this.#counted.set(environment, counted);
    return counted;
  }

  #fold({ tally, counter, revision }: Counted): void {
    tally.fold(counter, revision, this.#reasons);
  }
}
