/** Sets of targeting keys as chunks, for rulesets that tests make up. */
import { createHash } from 'node:crypto';
import type { Chunk, ChunkedKeys } from '../src/model.ts';
import { hashKey } from './reference-buckets.ts';

export interface MadeChunks {
  readonly chunked: ChunkedKeys;
  readonly chunks: { readonly [key: string]: Chunk };
}

/** The keys, divided by the first `bits` bits of their hashes; each chunk under the sha256 of its JSON text. */
export function chunkKeys(keys: readonly string[], bits: number): MadeChunks {
  const hashes = keys.map(hashKey).sort();
  const chunks: { [key: string]: Chunk } = {};
  const places = Array.from({ length: 2 ** bits }, (_, place) => {
    const here = hashes.filter((hash) => BigInt(`0x${hash}`) >> BigInt(64 - bits) === BigInt(place));
    if (here.length === 0) return null;
    const chunk = { hashes: here.join('') };
    const key = createHash('sha256').update(JSON.stringify(chunk)).digest('base64url');
    chunks[key] = chunk;
    return key;
  });
  return { chunked: { bits, chunks: places }, chunks };
}
