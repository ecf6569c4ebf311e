import { type FindChunk, type KeySet, prepareKeySet } from './chunk.ts';
import { type PreparedCondition, prepareConditions } from '../conditions/condition.ts';
import type { RegexEngine, Segment } from '../model.ts';

export interface PreparedSegment {
  readonly key: string;
  readonly included: KeySet | null;
  readonly excluded: KeySet | null;
  readonly conditions: readonly PreparedCondition[];
}

/** Prepares a segment that `checkSegment` accepted. */
export function prepareSegment(segment: Segment, find: FindChunk, regex: RegexEngine | null): PreparedSegment {
  return {
    key: segment.key,
    included: prepareKeySet(segment.included, segment.includedChunks, find),
    excluded: prepareKeySet(segment.excluded, segment.excludedChunks, find),
    conditions: prepareConditions(segment.conditions ?? [], { owner: segment.key, regex }),
  };
}
