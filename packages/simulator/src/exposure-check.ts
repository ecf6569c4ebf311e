/** Exposures: accepted means stored, once; and a process that lives to the end has lost none without saying so. */
import type { Report } from './violation.ts';
import type { Recorded } from './recording.ts';

export class ExposureCheck {
  readonly #report: Report;
  readonly #accepted = new Map<string, number>();
  readonly #stored = new Map<string, number>();
  /** Evaluations and drops that were stored, by process. */
  readonly #sums = new Map<string, number>();

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
        this.#sums.set(entry.instance, (this.#sums.get(entry.instance) ?? 0) + entry.evaluations + entry.dropped);
        return;
      }
      case 'counted': {
        const accounted = this.#sums.get(entry.instance) ?? 0;
        if (accounted !== entry.evaluations)
          this.#report('I6', `${entry.instance} evaluated ${entry.evaluations} times, ${accounted} are accounted for`);
        return;
      }
      case 'rested':
        for (const [batch, evaluations] of this.#accepted)
          if (this.#stored.get(batch) !== evaluations)
            this.#report('I6', `batch ${batch} was accepted and is not stored`);
        return;
      default:
    }
  }
}
