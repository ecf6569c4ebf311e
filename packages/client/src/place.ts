/** Where a ruleset stands in the history of its environment. */
import type { Head } from '@flaghoist/protocol/ruleset';

export interface Place {
  readonly environment: string;
  readonly epoch: number;
  readonly revision: number;
  /** The head's hash: two rulesets at one place with different hashes are a split brain. */
  readonly hash: string;
}

/** How another place looks from mine. */
export type Relation = 'same' | 'split' | 'ahead' | 'behind' | 'elsewhere';

export function placeOf(head: Head, hash: string): Place {
  return { environment: head.environment, epoch: head.epoch, revision: head.revision, hash };
}

/** `elsewhere`: of another environment. A later epoch is ahead, whatever its revision. */
export function relate(other: Place, mine: Place): Relation {
  if (other.environment !== mine.environment) return 'elsewhere';
  const distance = other.epoch - mine.epoch || other.revision - mine.revision;
  if (distance !== 0) return distance > 0 ? 'ahead' : 'behind';
  return other.hash === mine.hash ? 'same' : 'split';
}

/** For messages: `1.42`. */
export function describePlace(place: Place): string {
  return `${place.epoch}.${place.revision}`;
}
