/** The moments that evaluations take place in. */
import type { Moment } from '@flaghoist/evaluator';
import type { Random } from './transport.ts';

export interface MomentSources {
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly random: Random;
}

/**
 * Begins the moment of the next evaluation each time it is called, and ends the one before: keep none of them.
 *
 * Sources are read when a rule asks, once a moment, so that rules which divide everybody by `$random` agree. It is always
 * the same object: an evaluation whose rules do not ask pays for two assignments.
 */
export function createMoments(sources: MomentSources): () => Moment {
  const moment = new LazyMoment(sources);
  return () => moment.begin();
}

class LazyMoment implements Moment {
  readonly #sources: MomentSources;
  #now: number | null = null;
  #random: string | null = null;

  constructor(sources: MomentSources) {
    this.#sources = sources;
  }

  begin(): this {
    this.#now = null;
    this.#random = null;
    return this;
  }

  get now(): number {
    this.#now ??= this.#sources.now();
    return this.#now;
  }

  get random(): string {
    this.#random ??= String(this.#sources.random());
    return this.#random;
  }
}
