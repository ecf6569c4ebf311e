/** Sets of targeting keys: listed, or by their hashes in chunks. */
import type { Chunk, ChunkedKeys } from '../model.ts';
import { type Sha1Start, sha1 } from '../buckets/sha1.ts';

/** Hashes of a chunk, ascending: the n-th is `high[n] * 2^32 + low[n]`. Eight bytes for each key. */
export interface PreparedChunk {
  readonly high: Uint32Array;
  readonly low: Uint32Array;
}

/** Chunks by key. A chunk never changes, so whoever found one may keep it. */
export type FindChunk = (key: string) => PreparedChunk | undefined;

export interface KeySet {
  readonly listed: ReadonlySet<string> | null;
  /** How far the upper half of a hash is shifted to give the place of its chunk; 32: all keys have one place. */
  readonly shift: number;
  /** By place; null: no key has such a hash. Null altogether when no keys are in chunks. */
  readonly chunks: readonly (PreparedChunk | null)[] | null;
}

const DIGITS = 16;

/** Prepares a chunk that `checkChunk` accepted. */
export function prepareChunk({ hashes }: Chunk): PreparedChunk {
  const size = hashes.length / DIGITS;
  const high = new Uint32Array(size);
  const low = new Uint32Array(size);
  for (let index = 0; index < size; index++) {
    const start = index * DIGITS;
    high[index] = Number.parseInt(hashes.slice(start, start + 8), 16);
    low[index] = Number.parseInt(hashes.slice(start + 8, start + DIGITS), 16);
  }
  return { high, low };
}

/** Null when there are no keys at all. `find` answers the chunk of a key that the segment names. */
export function prepareKeySet(
  listed: readonly string[] | undefined,
  chunked: ChunkedKeys | undefined,
  find: FindChunk,
): KeySet | null {
  const names = listed === undefined || listed.length === 0 ? null : new Set(listed);
  if (chunked === undefined) return names === null ? null : { listed: names, shift: 32, chunks: null };
  const chunks = chunked.chunks.map((key) => (key === null ? null : (find(key) ?? null)));
  return { listed: names, shift: 32 - chunked.bits, chunks };
}

/** The hash of a targeting key, worked out when first asked for: one evaluation may look into hundreds of sets. */
export class HashedKey {
  readonly text: string;
  #hash: Sha1Start | null = null;

  constructor(text: string) {
    this.text = text;
  }

  get hash(): Sha1Start {
    this.#hash ??= sha1(this.text);
    return this.#hash;
  }
}

export function containsKey({ listed, shift, chunks }: KeySet, key: HashedKey): boolean {
  if (listed?.has(key.text) === true) return true;
  if (chunks === null) return false;
  const { high, low } = key.hash;
  // A shift by 32 would be a shift by none.
  const chunk = chunks[shift === 32 ? 0 : high >>> shift];
  return chunk !== null && chunk !== undefined && holdsHash(chunk, high, low);
}

function holdsHash(chunk: PreparedChunk, high: number, low: number): boolean {
  let from = 0;
  let to = chunk.high.length;
  while (from < to) {
    const middle = (from + to) >>> 1;
    const difference = (chunk.high[middle] ?? 0) - high || (chunk.low[middle] ?? 0) - low;
    if (difference === 0) return true;
    if (difference < 0) from = middle + 1;
    else to = middle;
  }
  return false;
}
