/** What happened in a world, in order: the one thing that the checker looks at, and that a failing seed is shown by. */
import { createHash } from 'node:crypto';
import type { Edit } from './edit.ts';

export interface PlaceSeen {
  readonly environment: string;
  readonly epoch: number;
  readonly revision: number;
  readonly hash: string;
}

/** What happened, without who and when. */
export type Happened =
  | { readonly what: 'world'; readonly details: string }
  | { readonly what: 'fault' | 'healed'; readonly fault: string }
  | { readonly what: 'began' | 'killed' | 'power cut' | 'stopped' }
  | {
      readonly what: 'committed';
      /** Counts restores: a restored database is another one. */
      readonly database: number;
      readonly environment: string;
      readonly epoch: number;
      readonly revision: number;
      readonly change: string;
      readonly edits: readonly Edit[];
    }
  | { readonly what: 'acknowledged'; readonly change: string }
  | {
      readonly what: 'restored';
      readonly from: number;
      readonly to: number;
      readonly changes: readonly string[];
      readonly revisions: { readonly [environment: string]: number };
    }
  /** A client calls what it holds fresh and has heard nothing for so long. */
  | { readonly what: 'unheard'; readonly ms: number }
  | ({ readonly what: 'published'; readonly database: number } & PlaceSeen)
  /** A reader holds this now. `values`: what its flags answer, by key. `from`: where it comes from. */
  | ({
      readonly what: 'holds';
      readonly from: 'disk' | 'wire';
      readonly values: { readonly [flag: string]: string };
    } & PlaceSeen)
  /** A reader that held something holds nothing any more. */
  | { readonly what: 'emptied' }
  | { readonly what: 'evaluated'; readonly flag: string; readonly value: string | null; readonly reason: string }
  | { readonly what: 'threw'; readonly message: string }
  | ({ readonly what: 'saved' } & PlaceSeen)
  | { readonly what: 'spoiled'; readonly file: string }
  | { readonly what: 'asked'; readonly request: 'fetch' | 'connect'; readonly number: number }
  | { readonly what: 'over'; readonly number: number }
  | { readonly what: 'said'; readonly text: string }
  /** Evaluations of one process since it began. */
  | { readonly what: 'counted'; readonly instance: string; readonly evaluations: number }
  | {
      readonly what: 'accepted' | 'stored';
      readonly instance: string;
      readonly sequence: number;
      readonly evaluations: number;
      readonly dropped: number;
    }
  /** A world that has come to rest, with everybody at the newest. */
  | { readonly what: 'rested' };

export type Recorded = Happened & { readonly at: number; readonly who: string };

export class Recording {
  readonly entries: Recorded[] = [];
  /** Told of each entry. */
  onEntry: (entry: Recorded) => void = () => undefined;
  readonly #now: () => number;
  readonly #hash = createHash('sha256');

  constructor(now: () => number) {
    this.#now = now;
  }

  note(who: string, happened: Happened): void {
    const entry = { at: this.#now(), who, ...happened };
    this.entries.push(entry);
    this.#hash.update(`${JSON.stringify(entry)}\n`);
    this.onEntry(entry);
  }

  /** The same for every run of a seed. Ends the recording. */
  digest(): string {
    return this.#hash.digest('hex').slice(0, 16);
  }
}

/** One line for people. */
export function describeEntry({ at, who, what, ...rest }: Recorded): string {
  const details = Object.entries(rest)
    .map(([name, value]) => `${name}=${shorten(typeof value === 'string' ? value : JSON.stringify(value))}`)
    .join(' ');
  return `${(at / 1_000).toFixed(3).padStart(9)} s  ${who.padEnd(11)} ${what} ${details}`.trimEnd();
}

function shorten(text: string): string {
  return text.length <= 100 ? text : `${text.slice(0, 97)}...`;
}
