import { checkChunk } from './check-chunk.ts';
import { checkFlag } from './check-flag.ts';
import { checkSegment } from './check-segment.ts';
import { type PreparedChunk, prepareChunk } from './chunk.ts';
import { type Content, contentOf, type References, type Ruleset, seal } from './content.ts';
import type { FlagDescription } from './flag.ts';
import { createFlagEntry, type FlagEntry } from './flag-entry.ts';
import { createKeyList, nextKeyList, sortedKeys } from './flag-keys.ts';
import { LIMITS } from './limits.ts';
import { changeLinks, findVoidLinks } from './links.ts';
import type { Checked, EntityChange, Problem, RegexEngine, Segment } from './model.ts';
import { at, type ProblemCode, Problems, quote, ROOT } from './problems.ts';
import { createSegmentEntry, type SegmentEntry } from './segment-entry.ts';
import { changeTable, createTable, lookup } from './table.ts';

export interface PrepareOptions {
  /** Runs the regular expressions of the ruleset, and of every ruleset that is patched from it. */
  readonly regex?: RegexEngine;
}

/** A ruleset that holds nothing. */
export function emptyRuleset({ regex }: PrepareOptions = {}): Ruleset {
  const none: References = { links: new Map(), voids: new Map() };
  return seal({
    flags: createTable<FlagEntry>(),
    segments: createTable<SegmentEntry>(),
    chunks: createTable<PreparedChunk>(),
    prerequisites: none,
    nesting: none,
    keys: createKeyList(),
    regex: regex ?? null,
  });
}

/** Holds nothing and knows no regular expressions. */
export const EMPTY_RULESET: Ruleset = emptyRuleset();

/** The ruleset that holds exactly `entities`. Refuses as `patch` does. */
export function prepare(entities: Iterable<EntityChange>, options: PrepareOptions = {}): Checked<Ruleset> {
  return patch(options.regex === undefined ? EMPTY_RULESET : emptyRuleset(options), entities);
}

/**
 * The ruleset that `changes`, made in their order, turn `ruleset` into; `ruleset` itself stays as it is and usable.
 *
 * All or nothing: one entity that is not JSON, does not pass its check, names another key than the change does, or a chunk
 * that neither the ruleset nor the patch holds, and the whole patch is refused, with paths such as
 * `flag/checkout: $.rules[0].serve`. Deleting what does not exist is no problem. Costs what the changed entities cost, not
 * what the ruleset holds; only a change to which segments a segment names, or to which prerequisites a flag has, also
 * costs a walk over all such references.
 *
 * Entities are checked now. Flags and segments are put into their fastest form when they are first evaluated.
 */
export function patch(ruleset: Ruleset, changes: Iterable<EntityChange>): Checked<Ruleset> {
  const content = contentOf(ruleset);
  const patching = new Patching(content);
  for (const change of changes) {
    patching.read(change);
    if (patching.problems.length >= LIMITS.problems) break;
  }
  return patching.conclude();
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

/** What the changes of one patch come to. Undefined: deleted. */
class Patching {
  readonly problems: Problem[] = [];
  readonly #content: Content;
  readonly #flags = new Map<string, FlagEntry | undefined>();
  readonly #segments = new Map<string, { readonly segment: Segment; readonly json: string } | undefined>();
  readonly #chunks = new Map<string, PreparedChunk | undefined>();

  constructor(content: Content) {
    this.#content = content;
  }

  read(change: EntityChange): void {
    for (const problem of this.#read(change)) this.#blame(change.kind, change.key, problem);
  }

  conclude(): Checked<Ruleset> {
    const segments = this.#linkSegments();
    if (this.problems.length > 0) return { ok: false, problems: this.problems.slice(0, LIMITS.problems) };
    const { flags, chunks, keys, prerequisites, nesting, regex } = this.#content;
    const next: Content = {
      flags: changeTable(flags, this.#flags),
      segments: changeTable(this.#content.segments, segments),
      chunks: changeTable(chunks, this.#chunks),
      prerequisites: nextReferences(prerequisites, this.#flags, LIMITS.prerequisiteDepth),
      nesting: nextReferences(nesting, segments, LIMITS.segmentDepth),
      keys: nextKeyList(keys, flags, this.#flags),
      regex,
    };
    return { ok: true, value: seal(next) };
  }

  #read({ kind, key, json }: EntityChange): readonly Problem[] {
    const { regex } = this.#content;
    switch (kind) {
      case 'flag':
        return readEntity(
          json,
          (value) => keyed(checkFlag(value, regex ?? undefined), key),
          (flag, text) => this.#flags.set(key, flag && createFlagEntry(flag, text)),
        );
      case 'segment':
        return readEntity(
          json,
          (value) => keyed(checkSegment(value, regex ?? undefined), key),
          (segment, text) => this.#segments.set(key, segment && { segment, json: text }),
        );
      case 'chunk':
        return readEntity(json, checkChunk, (chunk) => this.#chunks.set(key, chunk && prepareChunk(chunk)));
      default:
        return problem(
          'unknown_kind',
          `Leave out entities of kind ${quote(String(kind))}: only flags, segments and chunks are evaluated.`,
        );
    }
  }

  /** Finds the chunks that the changed segments name: in any place of the patch, or in the ruleset before it. */
  #linkSegments(): ReadonlyMap<string, SegmentEntry | undefined> {
    const entries = new Map<string, SegmentEntry | undefined>();
    for (const [key, change] of this.#segments) {
      if (change === undefined) entries.set(key, undefined);
      else {
        const missing = (chunk: string) => this.#blame('segment', key, missingChunk(chunk));
        const entry = createSegmentEntry(change.segment, change.json, (chunk) => this.#chunk(chunk), missing);
        if (entry !== null) entries.set(key, entry);
      }
    }
    return entries;
  }

  #chunk(key: string): PreparedChunk | undefined {
    return this.#chunks.has(key) ? this.#chunks.get(key) : lookup(this.#content.chunks, key);
  }

  #blame(kind: string, key: string, problem: Problem): void {
    this.problems.push({ ...problem, path: `${kind}/${key.slice(0, 128)}: ${problem.path}` });
  }
}

function nextReferences(
  before: References,
  changes: ReadonlyMap<string, { readonly names: readonly string[] } | undefined>,
  depth: number,
): References {
  const named = new Map<string, readonly string[] | null>();
  for (const [key, entry] of changes) {
    const names = entry?.names ?? [];
    if (names.length > 0 || before.links.has(key)) named.set(key, names.length > 0 ? names : null);
  }
  const links = changeLinks(before.links, named);
  return links === before.links ? before : { links, voids: findVoidLinks(links, depth) };
}

/** Puts the entity where it belongs; answers what is wrong with it. */
function readEntity<T>(
  json: string | null,
  check: (value: unknown) => Checked<T>,
  keep: (entity: T | undefined, json: string) => void,
): readonly Problem[] {
  if (json === null) {
    keep(undefined, '');
    return [];
  }
  if (json.length > LIMITS.entityLength) {
    return problem('too_long', `Shorten the entity to ${LIMITS.entityLength} characters; it has ${json.length}.`);
  }
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch {
    return problem('not_json', 'Write one JSON object: this text does not parse.');
  }
  const checked = check(value);
  if (!checked.ok) return checked.problems;
  keep(checked.value, json);
  return [];
}

/** `checked`, or a problem when the entity calls itself otherwise than it is delivered. */
function keyed<T extends { readonly key: string }>(checked: Checked<T>, key: string): Checked<T> {
  if (!checked.ok || checked.value.key === key) return checked;
  const message = `Make the key the same as the entity's: ${quote(checked.value.key)} is delivered as ${quote(key)}.`;
  return { ok: false, problems: problem('key_mismatch', message, 'key') };
}

function missingChunk(key: string): Problem {
  const message = `Deliver the chunk ${quote(key)} with the segment, or before it.`;
  return { path: '$', code: 'missing_chunk' satisfies ProblemCode, message };
}

function problem(code: ProblemCode, message: string, member?: string): readonly Problem[] {
  const problems = new Problems();
  problems.add(member === undefined ? ROOT : at(ROOT, member), code, message);
  const result = problems.conclude(null);
  return result.ok ? [] : result.problems;
}
