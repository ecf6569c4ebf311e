/** Exposures: accepted means stored, once; and a process that lives to the end has lost none without saying so. */
import type { Report } from './violation.ts';
import type { Recorded } from './recording.ts';

export class ExposureCheck {
  readonly #report: Report;
  readonly #accepted = new Map<string, number>();
  readonly #stored = new Map<string, number>();
  /** What was stored of each process. */
  readonly #sums = new Map<string, { evaluations: number; dropped: number }>();

  constructor(report: Report) {
    this.#report = report;
  }

  see(entry: Recorded): void {
    switch (entry.what) {
      case 'accepted':
        this.#accepted.set(`${entry.instance} ${entry.sequence}`, entry.evaluations);
        return;
      case 'stored': {
        const batch = `${entry.instance} ${entry.sequence}`;
        if (this.#stored.has(batch)) this.#report('I6', `batch ${batch} was counted twice`);
        this.#stored.set(batch, entry.evaluations);
        const sum = this.#sums.get(entry.instance) ?? { evaluations: 0, dropped: 0 };
        this.#sums.set(entry.instance, sum);
        sum.evaluations += entry.evaluations;
        sum.dropped += entry.dropped;
        return;
      }
      case 'counted':
        this.#balance(entry.instance, entry.evaluations);
        return;
      case 'rested':
        for (const [batch, evaluations] of this.#accepted)
          if (this.#stored.get(batch) !== evaluations)
            this.#report('I6', `batch ${batch} was accepted and is not stored`);
        return;
      default:
    }
  }

  /**
   * What is stored and what is said to be dropped come to no less than what was evaluated, and what is stored to no more. A
   * batch may be both: it was stored, its answer was lost, and a proxy refused it when it was sent again.
   */
  #balance(instance: string, evaluated: number): void {
    const { evaluations, dropped } = this.#sums.get(instance) ?? { evaluations: 0, dropped: 0 };
    if (evaluations > evaluated || evaluations + dropped < evaluated)
      this.#report('I6', `${instance} evaluated ${evaluated} times, ${evaluations} are stored and ${dropped} dropped`);
  }
}
