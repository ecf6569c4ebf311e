import { checkDeliveredChunk } from '../check/check-chunk.ts';
import { checkFlag } from '../check/check-flag.ts';
import { checkSegment } from '../check/check-segment.ts';
import type { PreparedChunk } from './chunk.ts';
import { contentOf, type Ruleset, seal } from './content.ts';
import type { FlagDescription } from './flag.ts';
import type { FlagEntry } from './flag-entry.ts';
import { createKeyList, sortedKeys } from './flag-keys.ts';
import { MOST_PROBLEMS } from '../limits.ts';
import { References } from './links.ts';
import type { Checked, EntityChange, Evaluation, RegexEngine } from '../model.ts';
import { checkText } from '../check/check-text.ts';
import { type Checks, Patching, trust } from './patching.ts';
import type { SegmentEntry } from './segment-entry.ts';
import { createTable, lookup } from './table.ts';

export interface PrepareOptions {
  /** Runs the regular expressions of the ruleset, and of every ruleset that is patched from it. */
  readonly regex?: RegexEngine;
}

/** A ruleset that holds nothing. */
export function emptyRuleset({ regex }: PrepareOptions = {}): Ruleset {
  const none = new References(1);
  return seal({
    flags: createTable<FlagEntry>(),
    segments: createTable<SegmentEntry>(),
    chunks: createTable<PreparedChunk>(),
    prerequisites: none,
    nesting: none,
    chunkUses: new Map(),
    keys: createKeyList(),
    regex: regex ?? null,
  });
}

/** Holds nothing and knows no regular expressions. */
export const EMPTY_RULESET: Ruleset = /* @__PURE__ */ emptyRuleset();

/** The ruleset that holds exactly `entities`. Refuses as `patch` does. */
export function prepare(entities: Iterable<EntityChange>, options: PrepareOptions = {}): Checked<Ruleset> {
  return patch(options.regex === undefined ? EMPTY_RULESET : emptyRuleset(options), entities);
}

/**
 * The ruleset that `changes`, made in their order, turn `ruleset` into; `ruleset` itself stays as it is and usable.
 *
 * All or nothing: one entity that is not JSON, does not pass its check, names another key than the change does, or a segment
 * that names a chunk which would not be there, and the whole patch is refused, with paths such as
 * `flag/checkout: $.rules[0].serve`. Deleting what does not exist is no problem. Costs what the changed entities cost, not
 * what the ruleset holds.
 *
 * Entities are checked now. Flags and segments are put into their fastest form when they are first evaluated.
 */
export function patch(ruleset: Ruleset, changes: Iterable<EntityChange>): Checked<Ruleset> {
  return patchBy(FULL_CHECKS, ruleset, changes);
}

/**
 * As `patch`, for entities that a program of the same version has checked and this one trusts, and without the validator,
 * which is a third of this package's size: for browsers. What is not JSON, or lacks what every entity has, is still
 * refused. What cannot be prepared shows as ERROR, PARSE_ERROR in the evaluations that meet it; members that this version
 * does not know go unnoticed.
 */
export function patchTrusted(ruleset: Ruleset, changes: Iterable<EntityChange>): Checked<Ruleset> {
  return patchBy(NO_CHECKS, ruleset, changes);
}

const FULL_CHECKS: Checks = { text: checkText, flag: checkFlag, segment: checkSegment, chunk: checkDeliveredChunk };
const NO_CHECKS: Checks = { text: () => [], flag: trust, segment: trust, chunk: trust };

function patchBy(checks: Checks, ruleset: Ruleset, changes: Iterable<EntityChange>): Checked<Ruleset> {
  const patching = new Patching(contentOf(ruleset), checks);
  for (const change of changes) {
    patching.read(change);
    if (patching.problems.length >= MOST_PROBLEMS) break;
  }
  return patching.conclude();
}

/** Type and visibility of a flag; undefined when the ruleset has no such flag. */
export function describeFlag(ruleset: Ruleset, flagKey: string): FlagDescription | undefined {
  return lookup(contentOf(ruleset).flags, flagKey)?.description;
}

/**
 * What `evaluate` answers for the flag whatever the context and the moment; null when it looks at them, and when there is
 * no such flag.
 */
export function fixedEvaluation(ruleset: Ruleset, flagKey: string): Evaluation | null {
  return lookup(contentOf(ruleset).flags, flagKey)?.fixed ?? null;
}

/** Keys of all flags in code unit order. Frozen; the same array until flags are added or deleted. */
export function flagKeys(ruleset: Ruleset): readonly string[] {
  const { keys, flags } = contentOf(ruleset);
  return sortedKeys(keys, flags);
}
