/** Which flags need which: whether those that an edit names are there, and lead neither back to it nor too deep. */
import { type FlagConfiguration, LIMITS } from '@flaghoist/evaluator';
import { findWayBack, type Links, longestChain, reverse } from '../../platform/links.ts';
import { invalid } from '../../platform/refusal.ts';
import type { UnitOfWork } from '../changes/index.ts';

/** A flag whose prerequisites were set in one environment. */
export interface EditedPrerequisites {
  readonly environmentId: string;
  readonly flag: string;
  /** Where its edit stands in the request: a JSON path. */
  readonly at: string;
}

/** Where all flags of an environment are read from: a write, or what is as if it had been written. */
export type FlagSource = Pick<UnitOfWork, 'stagedOf'>;

/**
 * Refuses prerequisites on a flag or variant that does not exist, in a circle, or in a chain of more than
 * `LIMITS.prerequisiteDepth` flags. Looks at all flags as the write leaves them, so that what several edits of one change
 * do together is judged once they are all staged.
 */
export async function requireSoundPrerequisites(
  unit: FlagSource,
  edited: readonly EditedPrerequisites[],
): Promise<void> {
  for (const environmentId of new Set(edited.map((one) => one.environmentId))) {
    const flags = await stagedFlags(unit, environmentId);
    const here = edited.filter((one) => one.environmentId === environmentId);
    for (const one of here) requireExisting(flags, one);
    const links = linksOf(flags);
    for (const one of here) refuseCircle(links, one);
    const reversed = reverse(links);
    for (const one of here) refuseDepth(links, reversed, one);
  }
}

/** Flags of a locked environment that need a flag as prerequisite, as this write leaves them. */
export async function flagsNeeding(unit: UnitOfWork, environmentId: string, flag: string): Promise<readonly string[]> {
  const links = linksOf(await stagedFlags(unit, environmentId));
  return [...links].filter(([, needed]) => needed.includes(flag)).map(([key]) => key);
}

async function stagedFlags(unit: FlagSource, environmentId: string): Promise<ReadonlyMap<string, string>> {
  return new Map((await unit.stagedOf(environmentId, 'flag')).map(({ key, json }) => [key, json]));
}

function requireExisting(flags: ReadonlyMap<string, string>, { flag, at }: EditedPrerequisites): void {
  const { prerequisites = [] } = parse(flags.get(flag));
  for (const [i, prerequisite] of prerequisites.entries()) {
    const path = `${at}.prerequisites[${i}]`;
    const json = flags.get(prerequisite.flag);
    if (json === undefined)
      throw invalid(`${path}.flag`, 'flag_unknown', `There is no flag ${prerequisite.flag} that ${flag} could need.`);
    const { variants } = parse(json);
    const unknown = prerequisite.variants.findIndex((variant) => !Object.hasOwn(variants, variant));
    if (unknown >= 0)
      throw invalid(
        `${path}.variants[${unknown}]`,
        'variant_unknown',
        `Flag ${prerequisite.flag} has no variant ${prerequisite.variants[unknown] ?? ''}. It has ${Object.keys(variants).join(', ')}.`,
      );
  }
}

function refuseCircle(links: Links, { flag, at }: EditedPrerequisites): void {
  const circle = findWayBack(links, flag);
  if (circle !== null)
    throw invalid(
      `${at}.prerequisites`,
      'prerequisite_circle',
      `A flag cannot need itself: ${circle.join(' needs ')}. Take one of these prerequisites out.`,
    );
}

function refuseDepth(links: Links, reversed: Links, { flag, at }: EditedPrerequisites): void {
  const chain = longestChain(links, reversed, flag);
  if (chain.length > LIMITS.prerequisiteDepth)
    throw invalid(
      `${at}.prerequisites`,
      'prerequisite_depth',
      `A chain of prerequisites holds at most ${LIMITS.prerequisiteDepth} flags; this one would hold ${chain.length}: ${chain.join(' needs ')}.`,
    );
}

function linksOf(flags: ReadonlyMap<string, string>): Links {
  const links = new Map<string, readonly string[]>();
  for (const [key, json] of flags) {
    // Most flags need none; their text says so without being parsed.
    if (json.includes('"prerequisites"'))
      links.set(
        key,
        (parse(json).prerequisites ?? []).map(({ flag }) => flag),
      );
  }
  return links;
}

function parse(json: string | undefined): FlagConfiguration {
  if (json === undefined) throw new Error('a flag that was edited is not staged');
  return JSON.parse(json) as FlagConfiguration;
}
