/** What an instance tells its edge: which revision it has applied. spec/sync.md says when. */
import { isExposureText, isStorable } from './batch.ts';

/** Milliseconds ago, by the monotonic clock of who says it: no wall clock takes part. */
export type Applied = readonly [epoch: number, revision: number, agoMs: number];
export type ReceiptPlace = readonly [epoch: number, revision: number];

export interface FollowingReceipt {
  /** Random for each start of an SDK, 16 to 64 characters of `A-Za-z0-9_-`. */
  readonly instance: string;
  /** e.g. `openfeature-server/0.1.0`. */
  readonly sdk: string;
  /** Where it runs, for people who look for it: host name and process id. */
  readonly host: string;
  readonly state: 'following';
  /** What it answers from; null: nothing yet. */
  readonly place: ReceiptPlace | null;
  /** What it applied since the receipt before, oldest first, at most the newest 16. Not what it began with. */
  readonly applied: readonly Applied[];
  /** Since it last knew that this is what the server holds; 0: it knows now; null: it never did. */
  readonly ageMs: number | null;
  /** Why it does not apply what the server holds; null: nothing is wrong. */
  readonly problem: string | null;
  /** The candidate on its place that it answers from; absent: none. */
  readonly candidate?: number;
  /** Evaluations of that candidate that ended in an error of the evaluator's own; absent: none. */
  readonly errors?: number;
}

/** It ends in order, and is not to be waited for. */
export interface ClosedReceipt {
  readonly instance: string;
  readonly state: 'closed';
}

export type Receipt = FollowingReceipt | ClosedReceipt;

export const RECEIPT_LIMITS = { bytes: 8 << 10, applied: 16, problem: 300, longestMs: 86_400_000 } as const;

/** An instance says something at least so often: at a random moment between the two after the receipt before. */
export const RECEIPT_EVERY_MS = { min: 30_000, max: 60_000 } as const;
/** One that answers from a candidate speaks so often, later by what its edge wants receipts spread over: its silence is judged. */
export const RECEIPT_TRYING_MS = 5_000;
/** What has not been heard of for so long is not live. */
export const INSTANCE_LIVES_MS = 120_000;

export type ReceiptCheck =
  | { readonly ok: true; readonly receipt: Receipt }
  | { readonly ok: false; readonly path: string; readonly message: string };

/** Checks parsed JSON. Members that are not known are passed over: what the others say holds all the same. */
export function checkReceipt(value: unknown): ReceiptCheck {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return refuse('$', 'A receipt is an object.');
  const { instance, state, sdk, host, place, applied, ageMs, problem, candidate, errors } = value as Readonly<
    Record<string, unknown>
  >;
  if (!isInstance(instance))
    return refuse('$.instance', 'An instance is 16 to 64 characters of A-Z, a-z, 0-9, _ and -.');
  if (state === 'closed') return { ok: true, receipt: { instance, state } };
  if (state !== 'following') return refuse('$.state', 'A state is "following" or "closed".');
  if (!isExposureText(sdk)) return refuse('$.sdk', 'An sdk is a text of 1 to 128 characters.');
  if (!isExposureText(host)) return refuse('$.host', 'A host is a text of 1 to 128 characters.');
  if (place !== null && !isPlace(place)) return refuse('$.place', 'A place is null, or an epoch and a revision.');
  if (!Array.isArray(applied) || applied.length > RECEIPT_LIMITS.applied || !applied.every(isApplied))
    return refuse('$.applied', 'At most 16 of an epoch, a revision and the milliseconds since.');
  if (ageMs !== null && !isDuration(ageMs)) return refuse('$.ageMs', 'An age is null or milliseconds, a day at most.');
  if (problem !== null && !isProblem(problem)) return refuse('$.problem', 'A problem is null or 1 to 300 characters.');
  if (candidate !== undefined && !isWhole(candidate)) return refuse('$.candidate', 'A candidate is a number.');
  if (errors !== undefined && !isWhole(errors)) return refuse('$.errors', 'Errors are a number.');
  const tried = { ...(candidate === undefined ? {} : { candidate }), ...(errors === undefined ? {} : { errors }) };
  return { ok: true, receipt: { instance, sdk, host, state, place, applied, ageMs, problem, ...tried } };
}

export function isInstance(value: unknown): value is string {
  return typeof value === 'string' && /^[A-Za-z0-9_-]{16,64}$/.test(value);
}

export function isPlace(value: unknown): value is ReceiptPlace {
  return Array.isArray(value) && value.length === 2 && value.every(isWhole);
}

function isApplied(value: unknown): value is Applied {
  return Array.isArray(value) && value.length === 3 && isPlace(value.slice(0, 2)) && isDuration(value[2]);
}

export function isDuration(value: unknown): value is number {
  return isWhole(value) && value <= RECEIPT_LIMITS.longestMs;
}

export function isWhole(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

export function isProblem(value: unknown): value is string {
  return typeof value === 'string' && value !== '' && value.length <= RECEIPT_LIMITS.problem && isStorable(value);
}

/** A problem as a receipt may carry it. */
export function shortProblem(message: string): string {
  const plain = message.replaceAll(/[\p{Cc}\p{Surrogate}]/gu, ' ').trim();
  if (plain.length <= RECEIPT_LIMITS.problem) return plain === '' ? 'not said' : plain;
  // A pair that is cut in two leaves half of it.
  return `${plain.slice(0, RECEIPT_LIMITS.problem - 4).replaceAll(/\p{Surrogate}/gu, '')} ...`;
}

/** The later of two places, by epoch and revision. Negative: `a` is before `b`. */
export function comparePlaces(a: ReceiptPlace, b: ReceiptPlace): number {
  return a[0] - b[0] || a[1] - b[1];
}

function refuse(path: string, message: string): ReceiptCheck {
  return { ok: false, path, message };
}
