import type { Segments } from './audience.ts';
import { checkFlag } from './check-flag.ts';
import { checkSegment } from './check-segment.ts';
import { type FlagDescription, type PreparedFlag, prepareFlag } from './flag.ts';
import { createKeyList, type KeyList, nextKeyList, sortedKeys } from './flag-keys.ts';
import { LIMITS } from './limits.ts';
import type { Checked, EntityChange, Problem } from './model.ts';
import { at, type ProblemCode, Problems, quote, ROOT } from './problems.ts';
import { findVoidLinks, type SegmentLinks } from './segment-links.ts';
import { type PreparedSegment, prepareSegment } from './segment.ts';
import { changeTable, createTable, lookup, type Table } from './table.ts';

declare const opaque: unique symbol;

/** All flags and segments of an environment at one revision, prepared. Never changes: `patch` makes another. */
export interface Ruleset {
  readonly [opaque]: 'Ruleset';
}

/** What a ruleset holds, for this package only. */
export interface Content extends Segments {
  readonly flags: Table<PreparedFlag>;
  readonly links: SegmentLinks;
  readonly keys: KeyList;
}

export function contentOf(ruleset: Ruleset): Content {
  return ruleset as unknown as Content;
}

function seal(content: Content): Ruleset {
  return Object.freeze(content) as unknown as Ruleset;
}

/** Holds nothing. */
export const EMPTY_RULESET: Ruleset = seal({
  flags: createTable<PreparedFlag>(),
  segments: createTable<PreparedSegment>(),
  links: new Map(),
  voids: new Map(),
  keys: createKeyList(),
});

/** The ruleset that holds exactly `entities`. Refuses as `patch` does. */
export function prepare(entities: Iterable<EntityChange>): Checked<Ruleset> {
  return patch(EMPTY_RULESET, entities);
}

/**
 * The ruleset that `changes`, made in their order, turn `ruleset` into; `ruleset` itself stays as it is and usable.
 *
 * All or nothing: one entity that is not JSON, does not pass `checkFlag` or `checkSegment`, or names another key than
 * the change does, and the whole patch is refused, with paths such as `flag/checkout: $.rules[0].serve`. Deleting what
 * does not exist is no problem. Costs what the changed entities cost, not what the ruleset holds; only a change to
 * segments that name segments also costs a walk over all such segments.
 */
export function patch(ruleset: Ruleset, changes: Iterable<EntityChange>): Checked<Ruleset> {
  const flags = new Map<string, PreparedFlag | undefined>();
  const segments = new Map<string, PreparedSegment | undefined>();
  const problems: Problem[] = [];
  for (const change of changes) {
    const found = readChange(change, flags, segments);
    for (const problem of found) {
      problems.push({ ...problem, path: `${change.kind}/${change.key.slice(0, 128)}: ${problem.path}` });
    }
    if (problems.length >= LIMITS.problems) break;
  }
  if (problems.length > 0) return { ok: false, problems: problems.slice(0, LIMITS.problems) };
  return { ok: true, value: applyChanges(contentOf(ruleset), flags, segments) };
}

/** Type and visibility of a flag; undefined when the ruleset has no such flag. */
export function describeFlag(ruleset: Ruleset, flagKey: string): FlagDescription | undefined {
  return lookup(contentOf(ruleset).flags, flagKey)?.description;
}

/** Keys of all flags in code unit order. Frozen; the same array until flags are added or deleted. */
export function flagKeys(ruleset: Ruleset): readonly string[] {
  const { keys, flags } = contentOf(ruleset);
  return sortedKeys(keys, flags);
}

function applyChanges(
  content: Content,
  flags: ReadonlyMap<string, PreparedFlag | undefined>,
  segments: ReadonlyMap<string, PreparedSegment | undefined>,
): Ruleset {
  const links = nextLinks(content.links, segments);
  return seal({
    flags: changeTable(content.flags, flags),
    segments: changeTable(content.segments, segments),
    links,
    voids: links === content.links ? content.voids : findVoidLinks(links),
    keys: nextKeyList(content.keys, content.flags, flags),
  });
}

function nextLinks(links: SegmentLinks, changes: ReadonlyMap<string, PreparedSegment | undefined>): SegmentLinks {
  const next = new Map<string, readonly string[] | null>();
  for (const [key, segment] of changes) {
    const names = segment?.names ?? null;
    if (names !== null || links.has(key)) next.set(key, names);
  }
  if (next.size === 0) return links;
  const result = new Map(links);
  for (const [key, names] of next) {
    if (names === null) result.delete(key);
    else result.set(key, names);
  }
  return result;
}

/** Puts the prepared entity where it belongs; answers what is wrong with it. */
function readChange(
  { kind, key, json }: EntityChange,
  flags: Map<string, PreparedFlag | undefined>,
  segments: Map<string, PreparedSegment | undefined>,
): readonly Problem[] {
  switch (kind) {
    case 'flag':
      return readEntity(key, json, checkFlag, (flag) => flags.set(key, flag && prepareFlag(flag)));
    case 'segment':
      return readEntity(key, json, checkSegment, (segment) => segments.set(key, segment && prepareSegment(segment)));
    default:
      return problem(
        'unknown_kind',
        `Leave out entities of kind ${quote(String(kind))}: only flags and segments are evaluated.`,
      );
  }
}

function readEntity<T extends { readonly key: string }>(
  key: string,
  json: string | null,
  check: (value: unknown) => Checked<T>,
  keep: (entity: T | undefined) => void,
): readonly Problem[] {
  if (json === null) {
    keep(undefined);
    return [];
  }
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch {
    return problem('not_json', 'Write one JSON object: this text does not parse.');
  }
  const checked = check(value);
  if (!checked.ok) return checked.problems;
  if (checked.value.key !== key) {
    const message = `Make the key the same as the entity's: ${quote(checked.value.key)} is delivered as ${quote(key)}.`;
    return problem('key_mismatch', message, 'key');
  }
  keep(checked.value);
  return [];
}

function problem(code: ProblemCode, message: string, member?: string): readonly Problem[] {
  const problems = new Problems();
  problems.add(member === undefined ? ROOT : at(ROOT, member), code, message);
  const result = problems.conclude(null);
  return result.ok ? [] : result.problems;
}
