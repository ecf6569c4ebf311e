/** Judges a recording against the invariants, entry by entry. It looks at nothing but the recording. */
import { ExposureCheck } from './exposure-check.ts';
import { ReaderCheck } from './reader-check.ts';
import type { Recorded } from './recording.ts';
import { RequestCheck } from './request-check.ts';
import { Truth } from './truth.ts';
import type { Invariant, Published, Report, Violation } from './violation.ts';

export class Checker {
  readonly violations: Violation[] = [];
  readonly #truth = new Truth();
  readonly #published = new Map<string, Published>();
  readonly #changes = new Map<string, { readonly environment: string; readonly revision: number }>();
  readonly #acknowledged = new Set<string>();
  /** Committed, and not in the backup that was put back: an answer that was under way then promises nothing any more. */
  readonly #givenUp = new Set<string>();
  readonly #readers: ReaderCheck;
  readonly #requests: RequestCheck;
  readonly #exposures: ExposureCheck;
  #database = 0;
  #entry = 0;

  constructor() {
    const report: Report = (invariant, message) => {
      this.violations.push({ invariant, message, entry: this.#entry });
    };
    this.#report = report;
    this.#readers = new ReaderCheck(report, (hash) => this.#published.get(hash) ?? null);
    this.#requests = new RequestCheck(report);
    this.#exposures = new ExposureCheck(report);
  }

  readonly #report: Report;

  /** The entries of a recording, in order. */
  readonly see = (entry: Recorded): void => {
    this.#line(entry);
    this.#readers.see(entry);
    this.#requests.see(entry);
    this.#exposures.see(entry);
    if (entry.what === 'threw') this.#report('I3', `${entry.who} threw: ${entry.message}`);
    if (entry.what === 'unheard')
      this.#report('S', `${entry.who} calls what it holds fresh and has heard nothing for ${entry.ms / 1_000} s`);
    this.#entry += 1;
  };

  /** For what no entry says: that something did not happen. */
  fail(invariant: Invariant, message: string): void {
    this.#report(invariant, message);
  }

  #line(entry: Recorded): void {
    switch (entry.what) {
      case 'committed': {
        const { database, environment, revision, change, edits } = entry;
        const isNext = this.#truth.commit(database, environment, revision, edits);
        if (!isNext) this.#report('I1', `revision ${revision} of ${environment} was committed out of its turn`);
        this.#changes.set(change, { environment, revision });
        this.#givenUp.delete(change);
        return;
      }
      case 'acknowledged':
        if (!this.#givenUp.has(entry.change)) this.#acknowledged.add(entry.change);
        return;
      case 'restored':
        this.#restored(entry);
        return;
      case 'published': {
        const { database, environment, epoch, revision, hash } = entry;
        const values = this.#truth.values(database, environment, revision);
        if (values === null)
          this.#report('I4', `${environment} ${epoch}.${revision} was published and never committed`);
        else if (!this.#published.has(hash)) {
          const before = database === 0 ? null : this.#truth.values(database, environment, revision - 1);
          this.#published.set(hash, { environment, values: before === null ? [values] : [values, before] });
        }
        return;
      }
      case 'rested':
        this.#rested();
        return;
      default:
    }
  }

  /** What was committed after the backup is given up by whoever puts it back: that is no loss of ours. */
  #restored({ from, to, revisions, changes }: Recorded & { readonly what: 'restored' }): void {
    this.#truth.restore(from, to, revisions);
    this.#database = to;
    const kept = new Set(changes);
    for (const id of this.#changes.keys()) {
      if (kept.has(id)) continue;
      this.#givenUp.add(id);
      this.#acknowledged.delete(id);
    }
  }

  #rested(): void {
    for (const id of this.#acknowledged) {
      const change = this.#changes.get(id);
      if (change === undefined || change.revision > this.#truth.newest(this.#database, change.environment))
        this.#report('I1', `${id} was acknowledged and is not there`);
    }
  }
}
