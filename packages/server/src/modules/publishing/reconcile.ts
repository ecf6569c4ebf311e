/** What the database says is published, held against what is on the bus. */
import type { OrderedLog } from '@flaghoist/bus';
import { compareCursors, isCandidateStream } from '@flaghoist/protocol/ruleset';
import type { Changes } from '../changes/index.ts';
import type { Publication } from './line.ts';
import { type BusHead, formatPlace, headIn, placeIn, type Place } from './message-ids.ts';
import type { PublicationStore } from './store.ts';

export interface Mismatch {
  /**
   * `other`: the bus holds another ruleset under the revision that was published. `ahead`: it holds revisions that the
   * database has not made, or has made otherwise: nothing may be published over them.
   */
  readonly kind: 'other' | 'ahead';
  readonly environmentId: string;
  readonly problem: string;
}

export interface Comparison {
  /** Environments whose bus does not hold what was published. */
  readonly lacking: readonly string[];
  readonly mismatches: readonly Mismatch[];
}

/**
 * Looks at every environment. The order of reading keeps a publisher that works meanwhile from being taken for a fault:
 * the bus has a revision before it is remembered, the database has it before the bus.
 */
export async function compareHeads(deps: {
  readonly store: PublicationStore;
  readonly changes: Pick<Changes, 'lines'>;
  readonly log: OrderedLog;
}): Promise<Comparison> {
  const { store, changes, log } = deps;
  const publications = await store.readPublications();
  const heads = await log.heads();
  const lines = new Map((await changes.lines()).map((line) => [line.environmentId, line]));
  const mismatches: Mismatch[] = [];
  const lacking: string[] = [];
  for (const [environmentId, head] of heads) {
    if (isCandidateStream(environmentId)) continue;
    const problem = aheadProblem(lines.get(environmentId) ?? null, head);
    if (problem !== null) mismatches.push({ kind: 'ahead', environmentId, problem });
  }
  const isAhead = new Set(mismatches.map(({ environmentId }) => environmentId));
  for (const [environmentId, at] of publications) {
    if (at.revision === 0 || isAhead.has(environmentId)) continue;
    const head = heads.get(environmentId) ?? null;
    const compared = head === null ? -1 : compareCursors(placeIn(head.id), at);
    if (compared < 0) lacking.push(environmentId);
    else if (compared === 0 && head !== null) {
      const problem = await compareTexts(deps, environmentId, at, head);
      if (problem !== null) mismatches.push({ kind: 'other', environmentId, problem });
    }
  }
  return { lacking, mismatches };
}

/** What to say when the bus is past the newest revision of the database; null: it is not. */
export function aheadProblem(line: Place | null, head: BusHead): string | null {
  const onBus = placeIn(head.id);
  if (line !== null && compareCursors(onBus, line) <= 0) return null;
  const own = line === null ? 'has no such environment' : `has ${formatPlace(line)} as its newest`;
  return `the bus holds ${formatPlace(onBus)}, and the database ${own}: ${RESTORED}`;
}

/** What to say when the bus holds a revision that the database has made otherwise. */
export function otherHistoryProblem(at: Place): string {
  return `the bus holds another revision ${formatPlace(at)} than the database: ${RESTORED}`;
}

const RESTORED =
  'it was put back to an older state in the same epoch. Nothing is published until its epoch is raised: stop the servers, run `flaghoist restore --raise-epoch`, start them again.';

async function compareTexts(
  { store, log }: { readonly store: PublicationStore; readonly log: OrderedLog },
  environmentId: string,
  at: Publication,
  head: BusHead,
): Promise<string | null> {
  const [there] = await log.readAfter(environmentId, head.position - 1, 1);
  const own = await store.readHead(environmentId, at);
  // Something came after it, or was trimmed: the next look is at that.
  if (there === undefined || there.id !== head.id || own === undefined || headIn(there.body) === own) return null;
  return `the bus holds another ruleset than was published as ${formatPlace(at)}. The next change publishes a checkpoint, which followers take.`;
}
