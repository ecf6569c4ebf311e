/** Counts evaluations into exposure rows, in bounded space. */
import type { Evaluation } from '@flaghoist/evaluator';
import { EXPOSURE_LIMITS, type ExposureBatch, type ExposureRow, isExposureText } from '@flaghoist/protocol/exposures';

export interface ExposureCounterOptions {
  /** Random for each start, 16 to 64 characters of `A-Za-z0-9_-`. */
  readonly instance: string;
  /** e.g. `openfeature-server/0.1.0`. */
  readonly sdk: string;
  /** Milliseconds since 1970; rows are labelled with its minutes. */
  readonly now: () => number;
  /** Rows held between two drains, 1 to `EXPOSURE_LIMITS.rows`. */
  readonly maxRows: number;
}

export type Outcome = Pick<Evaluation, 'variant' | 'reason' | 'rule'>;

export interface ExposureCounter {
  /** Counts an evaluation, once or several times. Never throws; what does not fit is counted as dropped. */
  record(flag: string, outcome: Outcome, revision: number, times?: number): void;
  /** Whether half of the rows or more are taken. */
  readonly crowded: boolean;
  /** Counts evaluations that were lost after they had been drained. */
  drop(evaluations: number): void;
  /** What was counted since the last drain, with the next sequence number; null when there is nothing to say. */
  drain(): ExposureBatch | null;
}

/** Room for the members of a batch that are not rows. */
const ENVELOPE_BYTES = 1024;
/** `{"flag":"","variant":"","reason":"","rule":"","revision":n,"minute":n,"count":n},` with the longest numbers. */
const ROW_BYTES = 128;

export function createExposureCounter(options: ExposureCounterOptions): ExposureCounter {
  return new Counter(options);
}

interface Row {
  readonly flag: string;
  readonly variant: string | undefined;
  readonly reason: string;
  readonly rule: string | undefined;
  readonly revision: number;
  readonly minute: number;
  count: number;
}

/** The rows of one revision and minute: flag, then rule, then the few outcomes those two can have. */
type Page = Map<string, Map<string | undefined, Row[]>>;

class Counter implements ExposureCounter {
  readonly #options: ExposureCounterOptions;
  readonly #pages = new Map<string, Page>();
  #rows: Row[] = [];
  #bytes = ENVELOPE_BYTES;
  #dropped = 0;
  #sequence = 0;
  #page: Page = new Map();
  #pageName = '';
  #minute = -1;
  #revision = -1;

  constructor(options: ExposureCounterOptions) {
    if (!Number.isInteger(options.maxRows) || options.maxRows < 1 || options.maxRows > EXPOSURE_LIMITS.rows)
      throw new RangeError(`maxRows is a whole number from 1 to ${EXPOSURE_LIMITS.rows}.`);
    this.#options = options;
  }

  record(flag: string, outcome: Outcome, revision: number, times = 1): void {
    const minute = Math.floor(this.#options.now() / 60_000);
    if (minute !== this.#minute || revision !== this.#revision) this.#turnTo(minute, revision);
    const { variant, reason, rule } = outcome;
    const rows = this.#page.get(flag)?.get(rule);
    if (rows !== undefined)
      for (const row of rows)
        if (row.variant === variant && row.reason === reason) {
          row.count += times;
          return;
        }
    this.#add({ flag, variant, reason, rule, revision, minute, count: times });
  }

  get crowded(): boolean {
    return this.#rows.length * 2 >= this.#options.maxRows || this.#bytes * 2 >= EXPOSURE_LIMITS.bytes;
  }

  drop(evaluations: number): void {
    this.#dropped += evaluations;
  }

  drain(): ExposureBatch | null {
    if (this.#rows.length === 0 && this.#dropped === 0) return null;
    const { instance, sdk } = this.#options;
    this.#sequence += 1;
    const rows = this.#rows.map(exposureRow);
    const batch = { instance, sequence: this.#sequence, sdk, rows, dropped: this.#dropped };
    this.#rows = [];
    this.#bytes = ENVELOPE_BYTES;
    this.#dropped = 0;
    this.#pages.clear();
    this.#minute = -1;
    return batch;
  }

  #turnTo(minute: number, revision: number): void {
    this.#pageName = `${minute}.${revision}`;
    // Kept in #pages only once it has a row, so that pages are as bounded as rows are.
    this.#page = this.#pages.get(this.#pageName) ?? new Map();
    this.#minute = minute;
    this.#revision = revision;
  }

  #add(row: Row): void {
    const bytes = rowBytes(row);
    const full = this.#rows.length >= this.#options.maxRows || this.#bytes + bytes > EXPOSURE_LIMITS.bytes;
    if (full || !isSendable(row)) {
      this.#dropped += row.count;
      return;
    }
    this.#bytes += bytes;
    this.#rows.push(row);
    this.#pages.set(this.#pageName, this.#page);
    const rules = this.#page.get(row.flag) ?? new Map<string | undefined, Row[]>();
    this.#page.set(row.flag, rules);
    const rows = rules.get(row.rule);
    if (rows === undefined) rules.set(row.rule, [row]);
    else rows.push(row);
  }
}

function exposureRow(row: Row): ExposureRow {
  const { flag, variant, reason, rule, revision, minute, count } = row;
  return {
    flag,
    ...(variant === undefined ? {} : { variant }),
    reason,
    ...(rule === undefined ? {} : { rule }),
    revision,
    minute,
    count,
  };
}

/** A caller may ask for a flag by any text; one row that the receiver refuses would cost the whole batch. */
function isSendable(row: Row): boolean {
  return [row.flag, row.variant ?? '-', row.reason, row.rule ?? '-'].every(isExposureText);
}

function rowBytes(row: Row): number {
  return (
    ROW_BYTES + textBytes(row.flag) + textBytes(row.variant ?? '') + textBytes(row.reason) + textBytes(row.rule ?? '')
  );
}

/** At least the bytes of a text inside JSON: six for a character that may need an escape or several bytes. */
function textBytes(text: string): number {
  return /^[\w.-]*$/.test(text) ? text.length : 6 * text.length;
}
