/** Where a ruleset stands in the history of its environment. */
import { compareCursors, type Head } from '@flaghoist/protocol/ruleset';

export interface Place {
  readonly environment: string;
  readonly epoch: number;
  readonly revision: number;
  /** Of a candidate on that revision alone: its number. */
  readonly candidate?: number;
  /** The head's hash: two rulesets at one place with different hashes are a split brain. */
  readonly hash: string;
}

/** How another place looks from mine. */
export type Relation = 'same' | 'split' | 'ahead' | 'behind' | 'elsewhere';

export function placeOf(head: Head, hash: string): Place {
  const { environment, epoch, revision, candidate } = head;
  return { environment, epoch, revision, hash, ...(candidate === undefined ? {} : { candidate }) };
}

/**
 * `elsewhere`: of another environment. A later epoch is ahead, whatever its revision. A revision and its candidates are ahead of
 * each other, because a candidate comes and goes without a revision: a follower goes as its server says. Of two candidates the
 * one with the higher number is.
 */
export function relate(other: Place, mine: Place): Relation {
  if (other.environment !== mine.environment) return 'elsewhere';
  const distance = compareCursors(other, mine);
  if (distance !== 0) return distance > 0 ? 'ahead' : 'behind';
  if (other.hash === mine.hash) return 'same';
  if (other.candidate === mine.candidate) return 'split';
  if (other.candidate === undefined || mine.candidate === undefined) return 'ahead';
  return other.candidate > mine.candidate ? 'ahead' : 'behind';
}

/** For messages: `1.42`. */
export function describePlace({ epoch, revision, candidate }: Place): string {
  return candidate === undefined ? `${epoch}.${revision}` : `${epoch}.${revision}, candidate ${candidate}`;
}
