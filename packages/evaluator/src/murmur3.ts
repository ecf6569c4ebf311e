/**
 * MurmurHash3, x86, 32 bits, seed 0 (Austin Appleby, public domain), over the UTF-8 bytes of text.
 *
 * The bytes are computed from the UTF-16 code units as they are hashed: no buffer is filled. A lone surrogate counts as
 * U+FFFD (EF BF BD), as in every conforming UTF-8 encoder.
 */

/** A text that many hashed texts begin with, hashed once. */
export interface Salt {
  /** The hash after the last full block of four bytes. */
  readonly hash: number;
  /** Bytes that fill no block yet, the first in the lowest 8 bits. */
  readonly tail: number;
  /** 0, 8, 16 or 24. */
  readonly tailBits: number;
  /** Bytes. */
  readonly length: number;
  /** Not null when the text ends in half a character, which the text after it could complete. */
  readonly joining: string | null;
}

const NO_SALT: Salt = { hash: 0, tail: 0, tailBits: 0, length: 0, joining: null };

/** The hash of `text` as an unsigned 32-bit number. */
export function murmur3(text: string): number {
  return hashAfter(NO_SALT, text);
}

/** `murmur3(salt + value)` without building that text or hashing the salt again. */
export function murmur3Of(salt: Salt, value: string): number {
  return salt.joining === null ? hashAfter(salt, value) : hashAfter(NO_SALT, salt.joining + value);
}

export function prepareSalt(text: string): Salt {
  let { hash, tail, tailBits, length } = NO_SALT;
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0;
    const bits = encodedBits(code);
    for (let shift = 0, bytes = encode(code); shift < bits; shift += 8) {
      tail |= ((bytes >>> shift) & 0xff) << tailBits;
      tailBits += 8;
      length++;
      if (tailBits === 32) {
        hash = mixBlock(hash, tail);
        tail = 0;
        tailBits = 0;
      }
    }
  }
  return { hash, tail, tailBits, length, joining: /[\ud800-\udbff]$/.test(text) ? text : null };
}

function hashAfter(salt: Salt, text: string): number {
  let { hash, tail, tailBits, length } = salt;
  const end = text.length;
  for (let index = 0; index < end; ) {
    let bytes = text.charCodeAt(index);
    let bits = 8;
    if (index + 3 < end) {
      const second = text.charCodeAt(index + 1);
      const third = text.charCodeAt(index + 2);
      const fourth = text.charCodeAt(index + 3);
      if ((bytes | second | third | fourth) < 0x80) {
        bytes |= (second << 8) | (third << 16) | (fourth << 24);
        bits = 32;
      }
    }
    if (bits === 32) index += 4;
    else if (bytes < 0x80) index++;
    else {
      const code = text.codePointAt(index) ?? 0;
      index += code > 0xffff ? 2 : 1;
      bits = encodedBits(code);
      bytes = encode(code);
    }
    const block = tail | (bytes << tailBits);
    const room = 32 - tailBits;
    length += bits >>> 3;
    tailBits += bits;
    if (tailBits < 32) tail = block;
    else {
      hash = mixBlock(hash, block);
      // A shift by 32 would be a shift by none.
      tail = room === 32 ? 0 : bytes >>> room;
      tailBits -= 32;
    }
  }
  if (tailBits > 0) hash ^= scramble(tail);
  return finalMix(hash ^ length);
}

function scramble(block: number): number {
  const k = Math.imul(block, 0xcc9e2d51);
  return Math.imul((k << 15) | (k >>> 17), 0x1b873593);
}

function mixBlock(hash: number, block: number): number {
  const h = hash ^ scramble(block);
  return (Math.imul((h << 13) | (h >>> 19), 5) + 0xe6546b64) | 0;
}

function finalMix(hash: number): number {
  let h = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

function encodedBits(code: number): number {
  return code < 0x80 ? 8 : code < 0x800 ? 16 : code < 0x10000 ? 24 : 32;
}

/** The UTF-8 bytes of a code point, the first in the lowest 8 bits. */
function encode(code: number): number {
  if (code < 0x80) return code;
  if (code < 0x800) return 0xc0 | (code >> 6) | continuation(code, 0, 8);
  if (code >= 0xd800 && code < 0xe000) return 0xbdbfef;
  if (code < 0x10000) return 0xe0 | (code >> 12) | continuation(code, 6, 8) | continuation(code, 0, 16);
  return 0xf0 | (code >> 18) | continuation(code, 12, 8) | continuation(code, 6, 16) | continuation(code, 0, 24);
}

function continuation(code: number, from: number, to: number): number {
  return (0x80 | ((code >> from) & 0x3f)) << to;
}
