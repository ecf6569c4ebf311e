/** Heads: the few hundred bytes that identify a ruleset. */
import type { Sha256 } from './entity.ts';

export interface Head {
  /** Id of the environment. */
  readonly environment: string;
  /** Rises only when history was lost (a restore from backup). >= 1. */
  readonly epoch: number;
  /** Counted by one within an epoch. >= 1. */
  readonly revision: number;
  /** Hash of the head before this one; empty for the first. */
  readonly previous: string;
  /** Root over all flags, segments and chunks (see `RootIndex`). */
  readonly rules: string;
  /** Root over all keys. */
  readonly access: string;
  /** The lowest evaluation engine that can apply this ruleset. */
  readonly engine: number;
  /** What a person confirmed although a guard would refuse it, e.g. `shrink`. */
  readonly confirmations: readonly string[];
  /**
   * Of a candidate alone, whose revision and epoch are those of its base and whose `previous` is the base's hash: its number,
   * counted within the environment. >= 1.
   */
  readonly candidate?: number;
}

/** The engine this build evaluates with; a head that asks for more is refused and the last good ruleset kept. */
export const ENGINE = 1;

/** The one text of a head: its hash identifies the ruleset and is its ETag. */
export function formatHead(head: Head): string {
  const { environment, epoch, revision, previous, rules, access, engine, confirmations, candidate } = head;
  // JSON leaves out what is undefined: the head of a revision has no such member.
  return JSON.stringify({ environment, epoch, revision, previous, rules, access, engine, confirmations, candidate });
}

/** Null when the text is not the one text of a head. */
export function parseHead(text: string): Head | null {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  if (typeof value !== 'object' || value === null) return null;
  const head = value as Head;
  const counts = [head.epoch, head.revision, head.engine].every((n) => Number.isSafeInteger(n) && n >= 1);
  const texts = [head.environment, head.previous, head.rules, head.access].every((t) => typeof t === 'string');
  if (!counts || !texts || !Array.isArray(head.confirmations)) return null;
  if (head.candidate !== undefined && !(Number.isSafeInteger(head.candidate) && head.candidate >= 1)) return null;
  return formatHead(head) === text ? head : null;
}

export function hashHead(sha256: Sha256, head: Head): string {
  return sha256(formatHead(head));
}

/**
 * A place in an environment's history, written `epoch.revision`: event ids, `Last-Event-ID`, tokens. Whoever holds a candidate
 * says so to a stream, as `epoch.revision.candidate`; no event id and no token does.
 */
export interface Cursor {
  readonly epoch: number;
  readonly revision: number;
  readonly candidate?: number;
}

/**
 * Below 0: `a` is before `b`. A later epoch is after everything of an earlier one, whatever its revision. Candidates do not
 * count: they are at the revision that they are tried on.
 */
export function compareCursors(a: Omit<Cursor, 'candidate'>, b: Omit<Cursor, 'candidate'>): number {
  return a.epoch - b.epoch || a.revision - b.revision;
}

export function formatCursor({ epoch, revision, candidate }: Cursor): string {
  return candidate === undefined ? `${epoch}.${revision}` : `${epoch}.${revision}.${candidate}`;
}

/** Null when the text is not a cursor. */
export function parseCursor(text: string): Cursor | null {
  const match = /^([1-9]\d{0,14})\.(0|[1-9]\d{0,14})(?:\.([1-9]\d{0,14}))?$/.exec(text);
  if (match === null) return null;
  const [, epoch, revision, candidate] = match;
  return {
    epoch: Number(epoch),
    revision: Number(revision),
    ...(candidate === undefined ? {} : { candidate: Number(candidate) }),
  };
}
