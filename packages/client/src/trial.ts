/**
 * Which ruleset a process may begin with, decided from what the processes before it left behind.
 *
 * Before a ruleset is used a mark names it; the mark goes once the process has lived on with it for `HEALTHY_USE_MS`, or
 * ends in order. A mark that is still there when the next process starts is an unclean start: perhaps the ruleset killed
 * the process. After `UNCLEAN_STARTS` of them in a row the ruleset is quarantined, when there is another to use instead;
 * after `UNCLEAN_STARTS_OF_PROVEN` when a process has lived on with it before, because then something else is the likelier
 * cause.
 */
import { type Place, relate } from './place.ts';

export const HEALTHY_USE_MS = 10_000;
export const UNCLEAN_STARTS = 2;
export const UNCLEAN_STARTS_OF_PROVEN = 5;

/** What a mark says. */
export interface Trial {
  readonly place: Place;
  /** Unclean starts that this ruleset had before this one. */
  readonly unclean: number;
}

export interface Beginning {
  /** Not to be used; null: none is. */
  readonly quarantined: Place | null;
  /** Whether it is only now, because of the marks. */
  readonly isNew: boolean;
  /** Set instead when there is nothing else: it is tried once more. */
  readonly suspect: Place | null;
  /** Unclean starts so far, by the hash of a ruleset. */
  readonly unclean: ReadonlyMap<string, number>;
}

/**
 * `trials`: marks of processes that are gone; several that died together count as one unclean start. `earlier`: what was
 * quarantined before. `copies`: the rulesets that can be read from disk. `proven`: hash of the one that a process has last
 * lived on with.
 */
export function decideBeginning(
  trials: readonly Trial[],
  earlier: Place | null,
  copies: readonly Place[],
  proven: string | null,
): Beginning {
  const most = (hash: string): number => (hash === proven ? UNCLEAN_STARTS_OF_PROVEN : UNCLEAN_STARTS);
  const unclean = new Map<string, number>();
  for (const { place, unclean: before } of trials)
    unclean.set(place.hash, Math.max(before + 1, unclean.get(place.hash) ?? 0));
  const worst = trials
    .map(({ place }) => place)
    .filter(({ hash }) => (unclean.get(hash) ?? 0) >= most(hash))
    .reduce<Place | null>(
      (newest, place) => (newest === null || relate(place, newest) === 'ahead' ? place : newest),
      null,
    );
  const inForce = earlier !== null && copies.some((copy) => lifts(copy, earlier)) ? null : earlier;
  if (worst === null) return { quarantined: inForce, isNew: false, suspect: null, unclean };
  if (!copies.some(({ hash }) => hash !== worst.hash && hash !== earlier?.hash))
    return { quarantined: inForce, isNew: false, suspect: worst, unclean };
  return { quarantined: worst, isNew: true, suspect: null, unclean };
}

/** Whether this ruleset ends the quarantine of that one. */
export function lifts(place: Place, quarantined: Place): boolean {
  return relate(place, quarantined) === 'ahead';
}

export function formatTrial({ place, unclean }: Trial): string {
  const { environment, epoch, revision, hash } = place;
  return JSON.stringify({ environment, epoch, revision, hash, unclean });
}

/** Null when the text is not a whole mark: then nothing is known, which accuses nobody. */
export function parseTrial(text: string): Trial | null {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  if (typeof value !== 'object' || value === null) return null;
  const { environment, epoch, revision, hash, unclean } = value as { [member in keyof Place | 'unclean']?: unknown };
  if (typeof environment !== 'string' || typeof hash !== 'string') return null;
  if (!isCount(epoch) || !isCount(revision) || !isCount(unclean)) return null;
  return { place: { environment, epoch, revision, hash }, unclean };
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 0;
}
