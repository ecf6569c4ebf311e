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

interface Counted {
  readonly counter: ExposureCounter;
  /** Drained and not stored yet: kept unchanged until it is, while the counter goes on counting in bounded space. */
  unsent: ExposureBatch | null;
}

export class EvaluationCounters {
  readonly #options: EvaluationCountersOptions;
  readonly #counted = new Map<string, Counted>();
  #flushing: Promise<void> | null = null;

  constructor(options: EvaluationCountersOptions) {
    this.#options = options;
  }

  record(environment: string, flag: string, evaluation: Evaluation, revision: number): void {
    this.#of(environment).counter.record(flag, evaluation, revision);
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
    counted.unsent ??= counted.counter.drain();
    if (counted.unsent === null) return;
    const outcome = await this.#options.store.append(toLine(environment, counted.unsent));
    if (outcome === 'stored') counted.unsent = null;
  }

  #of(environment: string): Counted {
    const known = this.#counted.get(environment);
    if (known !== undefined) return known;
    const { instance, sdk, sha256, now, maxRows } = this.#options;
    // Batches are known by instance and sequence alone, and each environment counts its own sequence.
    const own = sha256(`${instance}\t${environment}`);
    const counted = { counter: createExposureCounter({ instance: own, sdk, now, maxRows }), unsent: null };
    this.#counted.set(environment, counted);
    return counted;
  }
}
