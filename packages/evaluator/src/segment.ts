import { namedSegments, type PreparedCondition, prepareCondition } from './condition.ts';
import type { Segment } from './model.ts';

export interface PreparedSegment {
  readonly key: string;
  readonly included: ReadonlySet<string> | null;
  readonly excluded: ReadonlySet<string> | null;
  readonly conditions: readonly PreparedCondition[];
  /** Keys of the segments it names; null when none. */
  readonly names: readonly string[] | null;
}

export function prepareSegment(segment: Segment): PreparedSegment {
  const conditions = (segment.conditions ?? []).map(prepareCondition);
  const names = [...namedSegments(conditions)];
  return {
    key: segment.key,
    included: setOf(segment.included),
    excluded: setOf(segment.excluded),
    conditions,
    names: names.length === 0 ? null : names,
  };
}

function setOf(keys: readonly string[] | undefined): ReadonlySet<string> | null {
  return keys === undefined || keys.length === 0 ? null : new Set(keys);
}
