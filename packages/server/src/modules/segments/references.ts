/** Which segments an edit names: whether they can be, and lead neither back to it nor too deep. */
import { type Condition, LIMITS, type Segment } from '@flaghoist/evaluator';
import type { Queryable } from '../../platform/database.ts';
import { findWayBack, type Links, longestChain, reverse } from '../../platform/links.ts';
import { invalid } from '../../platform/refusal.ts';
import type { UnitOfWork } from '../changes/index.ts';
import { segmentsIn } from './decide.ts';
import type { ConditionsAt } from './pattern-cost.ts';
import { selectArchived, selectHolding } from './states.ts';

/** Conditions that were set in one environment. */
export interface EditedConditions extends ConditionsAt {
  readonly environmentId: string;
  /** The segment whose conditions they are; null: they are of a flag's rule. */
  readonly segment: string | null;
}

/** A segment that a condition names. */
interface Named {
  readonly segment: string;
  /** JSON path. */
  readonly path: string;
}

/**
 * Refuses conditions that name an archived segment, whose key nobody takes again, and segments in a circle, or in a chain
 * of more than `LIMITS.segmentDepth`. Looks at all segments as the write leaves them, so that what several edits of one
 * change do together is judged once they are all staged. A segment that was never there contains nobody, and may be made
 * later: naming it is allowed.
 */
export async function requireSoundReferences(unit: UnitOfWork, edited: readonly EditedConditions[]): Promise<void> {
  for (const one of edited) await refuseArchived(unit.tx, one.environmentId, [one]);
  const nesting = edited.flatMap(({ segment, conditions, environmentId, at }) =>
    segment !== null && segmentsIn(conditions).length > 0 ? [{ segment, environmentId, at }] : [],
  );
  for (const environmentId of new Set(nesting.map((one) => one.environmentId))) {
    const links = await stagedLinks(unit, environmentId);
    const reversed = reverse(links);
    for (const one of nesting.filter((other) => other.environmentId === environmentId)) {
      refuseCircle(links, one.segment, one.at);
      refuseDepth(links, reversed, one.segment, one.at);
    }
  }
}

/** Only what needs no write to be judged. */
export async function refuseArchived(
  on: Queryable,
  environmentId: string,
  set: readonly ConditionsAt[],
): Promise<void> {
  const named = set.flatMap(({ conditions, at }) => namedIn(conditions, at));
  if (named.length === 0) return;
  const keys = [...new Set(named.map(({ segment }) => segment))];
  const archived = await selectArchived(on, environmentId, keys);
  const found = named.find(({ segment }) => archived.has(segment));
  if (found !== undefined)
    throw invalid(
      found.path,
      'segment_archived',
      `Segment ${found.segment} was archived, and its key is never used again: it would contain nobody for good. Name another segment.`,
    );
}

function namedIn(conditions: readonly Condition[], at: string): readonly Named[] {
  return conditions.flatMap((condition, i) => {
    const path = `${at}[${i}]`;
    if ('segment' in condition) return [{ segment: condition.segment, path: `${path}.segment` }];
    return 'group' in condition ? namedIn(condition.conditions, `${path}.conditions`) : [];
  });
}

/** Most segments name none, and may be large: only those that may name one are read. */
async function stagedLinks(unit: UnitOfWork, environmentId: string): Promise<Links> {
  const texts = new Map<string, string | null>();
  for (const { key, json } of await selectHolding(unit.tx, environmentId, '"segment":')) texts.set(key, json);
  for (const one of unit.written())
    if (one.environmentId === environmentId && one.kind === 'segment') texts.set(one.key, one.json);
  const links = new Map<string, readonly string[]>();
  for (const [key, json] of texts) {
    if (json?.includes('"segment":') !== true) continue;
    links.set(key, segmentsIn((JSON.parse(json) as Segment).conditions ?? []));
  }
  return links;
}

function refuseCircle(links: Links, segment: string, at: string): void {
  const circle = findWayBack(links, segment);
  if (circle !== null)
    throw invalid(
      at,
      'segment_circle',
      `A segment cannot lead back to itself: ${circle.join(' names ')}. Take one of these conditions out.`,
    );
}

function refuseDepth(links: Links, reversed: Links, segment: string, at: string): void {
  const chain = longestChain(links, reversed, segment);
  if (chain.length > LIMITS.segmentDepth)
    throw invalid(
      at,
      'segment_depth',
      `A chain of segments holds at most ${LIMITS.segmentDepth}; this one would hold ${chain.length}: ${chain.join(' names ')}.`,
    );
}
