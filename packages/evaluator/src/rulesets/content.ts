/** What a ruleset holds, for this package only. */
import type { PreparedChunk } from './chunk.ts';
import type { FlagEntry } from './flag-entry.ts';
import type { KeyList } from './flag-keys.ts';
import type { Links, References } from './links.ts';
import type { RegexEngine } from '../model.ts';
import type { SegmentEntry } from './segment-entry.ts';
import type { Table } from './table.ts';

declare const opaque: unique symbol;

/** All flags, segments and chunks of an environment at one revision. Never changes: `patch` makes another. */
export interface Ruleset {
  readonly [opaque]: 'Ruleset';
}

export interface Content {
  readonly flags: Table<FlagEntry>;
  readonly segments: Table<SegmentEntry>;
  readonly chunks: Table<PreparedChunk>;
  /** From flags to their prerequisites. */
  readonly prerequisites: References;
  /** From segments to the segments that their conditions name. */
  readonly nesting: References;
  /** Segment key to the keys of the chunks it names. */
  readonly chunkUses: Links;
  readonly keys: KeyList;
  readonly regex: RegexEngine | null;
}

export function contentOf(ruleset: Ruleset): Content {
  return ruleset as unknown as Content;
}

export function seal(content: Content): Ruleset {
  return Object.freeze(content) as unknown as Ruleset;
}
