/** Judges a recording against the invariants, entry by entry. It looks at nothing but the recording. */
import { ExposureCheck } from './exposure-check.ts';
import { ReaderCheck } from './reader-check.ts';
import type { Recorded } from './recording.ts';
import { RequestCheck } from './request-check.ts';
import { Truth, type Values } from './truth.ts';

/**
 * I1 to I8 as the reliability rules count them; `L`: everybody comes to the newest once faults stop; `R`: one attempt at a
 * time, and bounds on asking again; `S`: what is called fresh was heard of.
 */
export type Invariant = 'I1' | 'I2' | 'I3' | 'I4' | 'I5' | 'I6' | 'I8' | 'L' | 'R' | 'S';

export const INVARIANTS: { readonly [name in Invariant]: string } = {
  I1: 'an acknowledged change is lost, or its revision is used again',
  I2: 'what a reader serves goes back, or is another ruleset at the same place',
  I3: 'an evaluation throws, or answers with another environment’s value',
  I4: 'something is served that nobody published, or not what was published',
  I5: 'an error, an empty answer or nothing at all was taken for "no flags"',
  I6: 'an exposure is counted twice, or neither counted nor dropped',
  I8: 'something is served that the gate had to withhold',
  L: 'faults are over, and somebody does not come to the newest',
  R: 'more than one attempt at a time, or asked too often',
  S: 'what is held is called fresh, and nothing was heard for too long',
};

export interface Violation {
  readonly invariant: Invariant;
  readonly message: string;
  /** Index in the recording. */
  readonly entry: number;
}

export type Report = (invariant: Invariant, message: string) => void;

/** What was published under a head's hash. */
export interface Published {
  readonly environment: string;
  /** Any of these: a database that was put back may find a revision on the bus that says nothing, and wait with its own. */
  readonly values: readonly Values[];
}

export class Checker {
  readonly violations: Violation[] = [];
  readonly #truth = new Truth();
  readonly #published = new Map<string, Published>();
  readonly #changes = new Map<string, { readonly environment: string; readonly revision: number; database: number }>();
  readonly #acknowledged = new Set<string>();
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
        this.#changes.set(change, { environment, revision, database });
        return;
      }
      case 'acknowledged':
        this.#acknowledged.add(entry.change);
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
  #restored({ from, to, revisions }: Recorded & { readonly what: 'restored' }): void {
    this.#truth.restore(from, to, revisions);
    this.#database = to;
    for (const [id, change] of this.#changes)
      if (change.revision > (revisions[change.environment] ?? 0)) {
        this.#changes.delete(id);
        this.#acknowledged.delete(id);
      } else change.database = to;
  }

  #rested(): void {
    for (const id of this.#acknowledged) {
      const change = this.#changes.get(id);
      if (change === undefined || change.revision > this.#truth.newest(this.#database, change.environment))
        this.#report('I1', `${id} was acknowledged and is not there`);
    }
  }
}
