import { checkList, checkObject, checkText, isWhole, shape } from './check-json.ts';
import { type PreparedChunk, prepareChunk } from '../rulesets/chunk.ts';
import { LIMITS } from '../limits.ts';
import { type Checked, CHUNK_KEY_PATTERN, type Chunk } from '../model.ts';
import { at, type Path, Problems, quote, ROOT } from './problems.ts';

const CHUNK = shape('a chunk', ['hashes'], []);
const CHUNKED_KEYS = shape('a set of keys in chunks', ['bits', 'chunks'], []);

const CHUNK_KEY = new RegExp(CHUNK_KEY_PATTERN);
/** Hexadecimal digits of one hash. */
const DIGITS = 16;
const HASHES = { least: 0, most: LIMITS.chunkHashes * DIGITS } as const;

/** Checks that parsed JSON is a chunk, under the same guarantees as `checkFlag`. Its key is the receiver's to compare. */
export function checkChunk(value: unknown): Checked<Chunk> {
  const problems = new Problems();
  if (checkObject(value, CHUNK, ROOT, problems) && value.hashes !== undefined) {
    checkHashes(value.hashes, at(ROOT, 'hashes'), problems);
  }
  return problems.conclude(value as Chunk);
}

function checkHashes(value: unknown, path: Path, problems: Problems): void {
  if (!checkText(value, HASHES, path, problems)) return;
  if (value.length % DIGITS !== 0 || /[^0-9a-f]/.test(value)) {
    problems.add(path, 'bad_hashes', `Write ${DIGITS} digits 0-9, a-f for each hash, and nothing between them.`);
    return;
  }
  let before = '';
  for (let start = 0; start < value.length; start += DIGITS) {
    const hash = value.slice(start, start + DIGITS);
    if (hash <= before) {
      const message = `Write each hash once and in ascending order: ${hash} stands at place ${start / DIGITS}, after ${before}.`;
      problems.add(path, 'bad_hashes', message);
      return;
    }
    before = hash;
  }
}

/** Checks a segment's further keys. Whether the chunks exist is not looked up. */
export function checkChunkedKeys(value: unknown, path: Path, problems: Problems): void {
  if (!checkObject(value, CHUNKED_KEYS, path, problems)) return;
  const { bits, chunks } = value;
  if (bits === undefined || chunks === undefined) return;
  if (!isWhole(bits, 0, LIMITS.chunkBits)) {
    problems.add(at(path, 'bits'), 'bad_bits', `Write a whole number from 0 to ${LIMITS.chunkBits}.`);
    return;
  }
  const places = 2 ** bits;
  const of = `chunk keys or nulls, one for each of the ${places} places that ${bits} bits name`;
  const list = at(path, 'chunks');
  if (!checkList(chunks, { least: places, most: places, of }, list, problems)) return;
  for (let place = 0; place < places && !problems.full; place++) {
    const key = chunks[place];
    if (key === null || (typeof key === 'string' && CHUNK_KEY.test(key))) continue;
    const text = typeof key === 'string' ? `, not ${quote(key)}` : '';
    const message = `Write the key of a chunk (43 letters, digits, "_" or "-")${text}, or null where no key belongs.`;
    problems.add(at(list, place), 'bad_chunk_key', message);
  }
}

/**
 * Checks a chunk as it arrives: `checkChunk`, its key, and that it is what the ruleset holds under that key. Segments keep
 * the chunks they found, so a key must mean the same hashes for ever.
 */
export function checkDeliveredChunk(value: unknown, key: string, held: PreparedChunk | undefined): Checked<Chunk> {
  const checked = checkChunk(value);
  if (!checked.ok) return checked;
  const problems = new Problems();
  if (!CHUNK_KEY.test(key)) problems.add(ROOT, 'bad_key', 'Name the chunk by the sha256 of its text, as base64url.');
  if (held !== undefined && !isSame(prepareChunk(checked.value), held)) {
    problems.add(ROOT, 'changed_chunk', 'Name other hashes by another key: a chunk is never changed.');
  }
  return problems.conclude(checked.value);
}

function isSame(one: PreparedChunk, other: PreparedChunk): boolean {
  return (
    one.high.length === other.high.length &&
    one.high.every((high, index) => high === other.high[index] && one.low[index] === other.low[index])
  );
}
