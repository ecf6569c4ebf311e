import type { FindChunk, PreparedChunk } from './chunk.ts';
import { namedSegments } from '../conditions/condition.ts';
import { unbroken } from '../failure.ts';
import type { ChunkedKeys, RegexEngine, Segment } from '../model.ts';
import { type PreparedSegment, prepareSegment } from './segment.ts';

/** A segment as a ruleset holds it: prepared when an evaluation first asks for it, as flags are. */
export interface SegmentEntry {
  /** Keys of the segments that its conditions name. */
  readonly names: readonly string[];
  /** Empty once it is prepared. */
  json: string;
  prepared: PreparedSegment | null;
  /** Keys of the chunks that it names. */
  readonly chunkKeys: readonly string[];
  /** Those chunks; none once it is prepared. */
  chunks: ReadonlyMap<string, PreparedChunk>;
}

const NO_CHUNKS: ReadonlyMap<string, PreparedChunk> = new Map();

/** Null when a chunk that the segment names cannot be found; then `missing` is told its key. */
export function createSegmentEntry(
  segment: Segment,
  json: string,
  find: FindChunk,
  missing: (chunk: string) => void,
): SegmentEntry | null {
  const chunks = findChunks([segment.includedChunks, segment.excludedChunks], find, missing);
  if (chunks === null) return null;
  const names = [...namedSegments(segment.conditions ?? [])];
  return { names, json, prepared: null, chunkKeys: [...chunks.keys()], chunks };
}

function findChunks(
  sets: readonly (ChunkedKeys | undefined)[],
  find: FindChunk,
  missing: (chunk: string) => void,
): ReadonlyMap<string, PreparedChunk> | null {
  if (sets.every((set) => set === undefined)) return NO_CHUNKS;
  const found = new Map<string, PreparedChunk>();
  for (const set of sets) {
    for (const key of set?.chunks ?? []) {
      if (key === null || found.has(key)) continue;
      const chunk = find(key);
      if (chunk === undefined) {
        missing(key);
        return null;
      }
      found.set(key, chunk);
    }
  }
  return found;
}

export function preparedSegment(entry: SegmentEntry, regex: RegexEngine | null): PreparedSegment {
  return entry.prepared ?? prepareEntry(entry, regex);
}

function prepareEntry(entry: SegmentEntry, regex: RegexEngine | null): PreparedSegment {
  const { chunks } = entry;
  const segment = JSON.parse(entry.json) as Segment;
  const prepared = unbroken(() => prepareSegment(segment, (key) => chunks.get(key), regex));
  entry.prepared = prepared;
  entry.json = '';
  entry.chunks = NO_CHUNKS;
  return prepared;
}
