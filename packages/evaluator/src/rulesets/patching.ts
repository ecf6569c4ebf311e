/** Making one ruleset out of another. */
import { type PreparedChunk, prepareChunk } from './chunk.ts';
import { type Content, type Ruleset, seal } from './content.ts';
import { createFlagEntry, type FlagEntry } from './flag-entry.ts';
import { nextKeyList } from './flag-keys.ts';
import { MOST_PROBLEMS, PREREQUISITE_DEPTH, SEGMENT_DEPTH } from '../limits.ts';
import { changeLinks, hasSameNames, type Links, NO_NAMES, type Naming, namesIn, References } from './links.ts';
import type { Checked, Chunk, EntityChange, FlagConfiguration, Problem, RegexEngine, Segment } from '../model.ts';
import { type ProblemCode, quote } from '../check/problems.ts';
import { createSegmentEntry, type SegmentEntry } from './segment-entry.ts';
import { changeTable, lookup, type Table } from './table.ts';

/** How what arrives is judged. */
export interface Checks {
  /** Before anything is parsed. */
  readonly text: (json: string) => readonly Problem[];
  readonly flag: (value: unknown, regex: RegexEngine | undefined) => Checked<FlagConfiguration>;
  readonly segment: (value: unknown, regex: RegexEngine | undefined) => Checked<Segment>;
  /** `held`: what the ruleset has under that key. */
  readonly chunk: (value: unknown, key: string, held: PreparedChunk | undefined) => Checked<Chunk>;
}

interface SegmentChange {
  readonly segment: Segment;
  readonly json: string;
}

/** What the changes of one patch come to. Undefined: deleted. */
export class Patching {
  readonly problems: Problem[] = [];
  readonly #content: Content;
  readonly #checks: Checks;
  readonly #flags = new Map<string, FlagEntry | undefined>();
  readonly #segments = new Map<string, SegmentChange | undefined>();
  readonly #chunks = new Map<string, PreparedChunk | undefined>();

  constructor(content: Content, checks: Checks) {
    this.#content = content;
    this.#checks = checks;
  }

  read(change: EntityChange): void {
    this.#blame(change.kind, change.key, this.#read(change));
  }

  conclude(): Checked<Ruleset> {
    const segments = this.#linkSegments();
    const uses = [...segments].map(([key, entry]) => [key, entry?.chunkKeys.length ? entry.chunkKeys : null] as const);
    const chunkUses = changeLinks(this.#content.chunkUses, new Map(uses));
    this.#keepUsedChunks(chunkUses);
    if (this.problems.length > 0) return { ok: false, problems: this.problems.slice(0, MOST_PROBLEMS) };
    const { chunks, keys, regex, ...before } = this.#content;
    const next: Content = {
      flags: changeTable(before.flags, this.#flags),
      segments: changeTable(before.segments, segments),
      chunks: changeTable(chunks, this.#chunks),
      prerequisites: nextReferences(before.prerequisites, before.flags, this.#flags, PREREQUISITE_DEPTH),
      nesting: nextReferences(before.nesting, before.segments, segments, SEGMENT_DEPTH),
      chunkUses,
      keys: nextKeyList(keys, before.flags, this.#flags),
      regex,
    };
    return { ok: true, value: seal(next) };
  }

  #read({ kind, key, json }: EntityChange): readonly Problem[] {
    const checks = this.#checks;
    const regex = this.#content.regex ?? undefined;
    switch (kind) {
      case 'flag':
        return readEntity(
          json,
          checks,
          (value) => keyed(checks.flag(value, regex), key),
          (flag, text) => this.#flags.set(key, flag && createFlagEntry(flag, text)),
        );
      case 'segment':
        return readEntity(
          json,
          checks,
          (value) => keyed(checks.segment(value, regex), key),
          (segment, text) => this.#segments.set(key, segment && { segment, json: text }),
        );
      case 'chunk':
        return readEntity(
          json,
          checks,
          (value) => checks.chunk(value, key, this.#chunks.get(key) ?? lookup(this.#content.chunks, key)),
          (chunk) => this.#chunks.set(key, chunk && prepareChunk(chunk)),
        );
      default:
        return problem('unknown_kind', `Leave out entities of kind ${quote(String(kind))}: they are not evaluated.`);
    }
  }

  /** Finds the chunks that the changed segments name: in any place of the patch, or in the ruleset before it. */
  #linkSegments(): ReadonlyMap<string, SegmentEntry | undefined> {
    const entries = new Map<string, SegmentEntry | undefined>();
    for (const [key, change] of this.#segments) {
      const entry = change === undefined ? undefined : this.#linkSegment(key, change);
      if (entry !== null) entries.set(key, entry);
    }
    return entries;
  }

  /** Null: it cannot be, and is blamed. */
  #linkSegment(key: string, { segment, json }: SegmentChange): SegmentEntry | null {
    const missing = (chunk: string) => this.#blame('segment', key, missingChunk(chunk));
    try {
      return createSegmentEntry(segment, json, (chunk) => this.#chunk(chunk), missing);
    } catch {
      this.#blame('segment', key, notWhole());
      return null;
    }
  }

  /** A chunk that a segment names cannot be deleted: the segment could not be prepared again. */
  #keepUsedChunks(uses: Links): void {
    if (![...this.#chunks.values()].includes(undefined)) return;
    for (const [segment, keys] of uses) {
      const gone = keys.find((key) => this.#chunks.has(key) && this.#chunks.get(key) === undefined);
      if (gone !== undefined) this.#blame('segment', segment, missingChunk(gone));
    }
  }

  #chunk(key: string): PreparedChunk | undefined {
    return this.#chunks.has(key) ? this.#chunks.get(key) : lookup(this.#content.chunks, key);
  }

  #blame(kind: string, key: string, problems: readonly Problem[]): void {
    for (const problem of problems) {
      this.problems.push({ ...problem, path: `${kind}/${key.slice(0, 128)}: ${problem.path}` });
    }
  }
}

/** The same references when no change names others than before. */
function nextReferences(
  references: References,
  before: Table<Naming>,
  changes: ReadonlyMap<string, Naming | undefined>,
  depth: number,
): References {
  for (const [key, entry] of changes) {
    if (!hasSameNames(namesIn(before, key), entry?.names ?? NO_NAMES)) return new References(depth);
  }
  return references;
}

/** Puts the entity where it belongs; answers what is wrong with it. */
function readEntity<T>(
  json: unknown,
  checks: Checks,
  check: (value: unknown) => Checked<T>,
  keep: (entity: T | undefined, json: string) => void,
): readonly Problem[] {
  if (json === null) {
    keep(undefined, '');
    return [];
  }
  const text = typeof json === 'string' ? json : '';
  const problems = checks.text(text);
  if (problems.length > 0) return problems;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return problem('not_json', 'Write one JSON object: this text does not parse.');
  }
  const checked = check(value);
  if (!checked.ok) return checked.problems;
  try {
    keep(checked.value, text);
    return [];
  } catch {
    return notWhole();
  }
}

/** The check of those who check nothing. */
export function trust<T>(value: unknown): Checked<T> {
  return typeof value === 'object' && value !== null
    ? { ok: true, value: value as T }
    : { ok: false, problems: notWhole() };
}

/** For what was trusted, not checked, and has not the shape that its kind has. */
function notWhole(): readonly Problem[] {
  return problem('not_an_object', 'Write the whole entity, as a JSON object.');
}

/** `checked`, or a problem when the entity calls itself otherwise than it is delivered. */
function keyed<T extends { readonly key: string }>(checked: Checked<T>, key: string): Checked<T> {
  if (!checked.ok || checked.value.key === key) return checked;
  // Trusted entities are not sure to have a text there.
  const named: unknown = checked.value.key;
  const message = `Make the key the same as the entity's: ${typeof named === 'string' ? quote(named) : 'it'} is delivered as ${quote(key)}.`;
  return { ok: false, problems: problem('key_mismatch', message, '$.key') };
}

function missingChunk(key: string): readonly Problem[] {
  const message = `Deliver the chunk ${quote(key)}, and keep it as long as the segment names it.`;
  return problem('missing_chunk', message);
}

function problem(code: ProblemCode, message: string, path = '$'): readonly Problem[] {
  return [{ path, code, message }];
}
