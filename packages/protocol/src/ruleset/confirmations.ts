/**
 * The guards that a person may lift: what looks like an accident is published, and applied, only when its head says that
 * somebody meant it.
 *
 * `shrink`: a ruleset of ten flags or more loses more than a fifth of them. `growth`: its text more than doubles, to more
 * than a megabyte.
 */

export const CONFIRMATIONS = ['shrink', 'growth'] as const;
export type Confirmation = (typeof CONFIRMATIONS)[number];

const LEAST_FLAGS = 10;
const MOST_LOST = 1 / 5;
const LEAST_SIZE = 1 << 20;
const MOST_GROWTH = 2;

/** What one revision does to a ruleset. Sizes in UTF-16 code units of all flags, segments and chunks. */
export interface Extent {
  readonly flags: number;
  readonly flagsLost: number;
  readonly size: number;
  readonly sizeAfter: number;
}

export interface Unconfirmed {
  readonly needs: Confirmation;
  /** One sentence with the numbers. */
  readonly what: string;
}

export function isShrinking({ flags, flagsLost }: Pick<Extent, 'flags' | 'flagsLost'>): boolean {
  return flags >= LEAST_FLAGS && flagsLost > flags * MOST_LOST;
}

/** The first confirmation that is missing; null: none is. */
export function checkConfirmed(extent: Extent, confirmations: readonly string[]): Unconfirmed | null {
  const { flags, flagsLost, size, sizeAfter } = extent;
  if (isShrinking(extent) && !confirmations.includes('shrink'))
    return {
      needs: 'shrink',
      what: `It removes ${flagsLost} of ${flags} flags, more than a fifth.`,
    };
  if (
    flags >= LEAST_FLAGS &&
    sizeAfter > LEAST_SIZE &&
    sizeAfter > size * MOST_GROWTH &&
    !confirmations.includes('growth')
  )
    return {
      needs: 'growth',
      what: `It makes the ruleset grow from ${size} to ${sizeAfter} characters, more than twice.`,
    };
  return null;
}
