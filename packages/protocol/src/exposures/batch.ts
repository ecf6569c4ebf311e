/** Exposures on their way up: counted evaluations in numbered batches. */

/** So many evaluations of one flag with one outcome at one revision in one minute. */
export interface ExposureRow {
  readonly flag: string;
  /** Absent: the caller's default was used. */
  readonly variant?: string;
  readonly reason: string;
  readonly rule?: string;
  /** Of the ruleset that answered. 0: none (code defaults only). */
  readonly revision: number;
  /** Minutes since 1970 by the sender's clock, a label only. */
  readonly minute: number;
  readonly count: number;
}

/**
 * (instance, sequence) identifies a batch for ever: sent again by whatever road, it is counted once. A gap in an
 * instance's sequence is a batch that was lost; `dropped` counts evaluations the sender could not keep.
 */
export interface ExposureBatch {
  /** Random for each start of an SDK or edge, 16 to 64 characters of `A-Za-z0-9_-`. */
  readonly instance: string;
  /** 1, 2, 3, ... within an instance. */
  readonly sequence: number;
  /** e.g. `openfeature-server/0.1.0`. */
  readonly sdk: string;
  readonly rows: readonly ExposureRow[];
  /** Evaluations dropped since the batch before, because a bounded queue was full. */
  readonly dropped: number;
}

export const EXPOSURE_LIMITS = { bytes: 1 << 20, rows: 5_000, text: 128 } as const;

const LONE_SURROGATE = /\p{Surrogate}/u;
/** Far beyond any sender, and far below what sums of it could overflow. */
const MOST_COUNTED = 1e12;
/** A process that evaluates all the time reaches some 1e9 in a minute. */
const MOST_IN_A_ROW = 1e10;

export type BatchCheck =
  | { readonly ok: true; readonly batch: ExposureBatch }
  | { readonly ok: false; readonly path: string; readonly message: string };

/** Checks parsed JSON; unknown members are refused, so that a newer sender's meaning is never half-counted. */
export function checkBatch(value: unknown): BatchCheck {
  if (!isRecord(value)) return refuse('$', 'A batch is an object.');
  const unknown = unknownMember(value, ['instance', 'sequence', 'sdk', 'rows', 'dropped']);
  if (unknown !== undefined) return refuse(`$.${unknown}`, 'This member is not known.');
  if (typeof value['instance'] !== 'string' || !/^[A-Za-z0-9_-]{16,64}$/.test(value['instance']))
    return refuse('$.instance', 'An instance is 16 to 64 characters of A-Z, a-z, 0-9, _ and -.');
  if (!isCount(value['sequence'], 1) || value['sequence'] > MOST_COUNTED)
    return refuse('$.sequence', 'A sequence is a whole number from 1 to 1e12.');
  if (!isExposureText(value['sdk']))
    return refuse('$.sdk', `An sdk is a text of 1 to ${EXPOSURE_LIMITS.text} characters.`);
  if (!isCount(value['dropped'], 0) || value['dropped'] > MOST_COUNTED)
    return refuse('$.dropped', 'The dropped count is a whole number from 0 to 1e12.');
  const rows: unknown = value['rows'];
  if (!Array.isArray(rows) || rows.length > EXPOSURE_LIMITS.rows)
    return refuse('$.rows', `Rows are a list of at most ${EXPOSURE_LIMITS.rows}.`);
  for (let i = 0; i < rows.length; i++) {
    const problem = checkRow(rows[i]);
    if (problem !== null) return refuse(`$.rows[${i}]${problem[0]}`, problem[1]);
  }
  return { ok: true, batch: value as unknown as ExposureBatch };
}

function checkRow(row: unknown): readonly [string, string] | null {
  if (!isRecord(row)) return ['', 'A row is an object.'];
  const unknown = unknownMember(row, ['flag', 'variant', 'reason', 'rule', 'revision', 'minute', 'count']);
  if (unknown !== undefined) return [`.${unknown}`, 'This member is not known.'];
  for (const name of ['flag', 'reason'])
    if (!isExposureText(row[name])) return [`.${name}`, `A text of 1 to ${EXPOSURE_LIMITS.text} characters is needed.`];
  for (const name of ['variant', 'rule'])
    if (row[name] !== undefined && !isExposureText(row[name]))
      return [`.${name}`, `A text of 1 to ${EXPOSURE_LIMITS.text} characters, or absent.`];
  if (!isCount(row['revision'], 0)) return ['.revision', 'A revision is a whole number from 0.'];
  // Year 9999 is minute 4.2e9; anything above is no clock.
  if (!isCount(row['minute'], 0) || row['minute'] > 4_200_000_000) return ['.minute', 'Minutes since 1970 are needed.'];
  if (!isCount(row['count'], 1) || row['count'] > MOST_IN_A_ROW)
    return ['.count', 'A count is a whole number from 1 to 1e10.'];
  return null;
}

function refuse(path: string, message: string): BatchCheck {
  return { ok: false, path, message };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Whether a text may stand in a row; a sender leaves out what a receiver would refuse. */
export function isExposureText(value: unknown): value is string {
  return typeof value === 'string' && value !== '' && value.length <= EXPOSURE_LIMITS.text && isStorable(value);
}

/** U+0000 cannot be stored, and texts that differ only in lone surrogates are the same in UTF-8. */
export function isStorable(value: string): boolean {
  return !value.includes('\0') && !LONE_SURROGATE.test(value);
}

function isCount(value: unknown, from: number): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= from;
}

function unknownMember(value: Record<string, unknown>, known: readonly string[]): string | undefined {
  return Object.keys(value).find((name) => !known.includes(name));
}
