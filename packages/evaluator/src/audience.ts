/** Who meets conditions, and who is in a segment. */
import { type Attributes, readAttribute, TARGETING_KEY } from './attribute.ts';
import type { PreparedCondition } from './condition.ts';
import { passes } from './operator.ts';
import type { PreparedSegment } from './segment.ts';
import type { VoidLinks } from './segment-links.ts';
import { lookup, type Table } from './table.ts';

/** The segments of a ruleset. */
export interface Segments {
  readonly segments: Table<PreparedSegment>;
  readonly voids: VoidLinks;
}

/** Where conditions are asked for: inside a segment that names others. */
interface Inside {
  readonly voids: ReadonlySet<string> | undefined;
  /** Segments decided on the way, so that one named by many is decided once. */
  readonly known: Map<string, boolean>;
}

/** Whether all conditions hold for the context. */
export function holdAll(conditions: readonly PreparedCondition[], attributes: Attributes, segments: Segments): boolean {
  return allHold(conditions, attributes, segments, null);
}

function allHold(
  conditions: readonly PreparedCondition[],
  attributes: Attributes,
  segments: Segments,
  inside: Inside | null,
): boolean {
  for (const condition of conditions) if (!holds(condition, attributes, segments, inside)) return false;
  return true;
}

function anyHolds(
  conditions: readonly PreparedCondition[],
  attributes: Attributes,
  segments: Segments,
  inside: Inside | null,
): boolean {
  for (const condition of conditions) if (holds(condition, attributes, segments, inside)) return true;
  return false;
}

function holds(
  condition: PreparedCondition,
  attributes: Attributes,
  segments: Segments,
  inside: Inside | null,
): boolean {
  if (condition.kind === 'attribute') {
    return passes(condition.test, readAttribute(attributes, condition.attribute)) !== condition.negate;
  }
  if (condition.kind === 'segment') {
    return contains(condition.segment, attributes, segments, inside) !== condition.negate;
  }
  if (condition.group === 'all') return allHold(condition.conditions, attributes, segments, inside);
  return anyHolds(condition.conditions, attributes, segments, inside) === (condition.group === 'any');
}

function contains(key: string, attributes: Attributes, segments: Segments, inside: Inside | null): boolean {
  const segment = lookup(segments.segments, key);
  if (segment === undefined || inside?.voids?.has(key) === true) return false;
  const targetingKey = readAttribute(attributes, TARGETING_KEY);
  if (typeof targetingKey === 'string') {
    if (segment.included?.has(targetingKey) === true) return true;
    if (segment.excluded?.has(targetingKey) === true) return false;
  }
  if (segment.conditions.length === 0) return false;
  if (segment.names === null) return allHold(segment.conditions, attributes, segments, null);
  return containsThroughOthers(segment, attributes, segments, inside?.known ?? new Map<string, boolean>());
}

function containsThroughOthers(
  segment: PreparedSegment,
  attributes: Attributes,
  segments: Segments,
  known: Map<string, boolean>,
): boolean {
  const before = known.get(segment.key);
  if (before !== undefined) return before;
  const inside = { voids: segments.voids.get(segment.key), known };
  const result = allHold(segment.conditions, attributes, segments, inside);
  known.set(segment.key, result);
  return result;
}
