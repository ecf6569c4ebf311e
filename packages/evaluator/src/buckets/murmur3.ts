/**
 * MurmurHash3, x86, 32 bits (Austin Appleby, public domain), over the UTF-8 bytes of text.
 *
 * The bytes are computed from the UTF-16 code units as they are hashed: no buffer is filled. A lone surrogate counts as
 * U+FFFD (EF BF BD), as in every conforming UTF-8 encoder.
 */
import { utf8, utf8Bits } from './utf8.ts';

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
  /** The half character in which the text ends, not hashed yet: the text after it could complete it. Else null. */
  readonly joining: string | null;
}

const NO_SALT: Salt = { hash: 0, tail: 0, tailBits: 0, length: 0, joining: null };

/** The hash of `text` with seed 0, as an unsigned 32-bit number. */
export function murmur3(text: string): number {
  return hashAfter(NO_SALT, text);
}

/** The hash of salt and value joined, with the salt's seed, without building that text or hashing the salt again. */
export function murmur3Of(salt: Salt, value: string): number {
  return hashAfter(salt, salt.joining === null ? value : salt.joining + value);
}

/** `seed`: a whole number from 0 to 4294967295. */
export function prepareSalt(text: string, seed = 0): Salt {
  const joining = /[\ud800-\udbff]$/.test(text) ? text.slice(-1) : null;
  let hash = seed | 0;
  let { tail, tailBits, length } = NO_SALT;
  for (const character of joining === null ? text : text.slice(0, -1)) {
    const code = character.codePointAt(0) ?? 0;
    const bits = utf8Bits(code);
    for (let shift = 0, bytes = utf8(code); shift < bits; shift += 8) {
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
  return { hash, tail, tailBits, length, joining };
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
      bits = utf8Bits(code);
      bytes = utf8(code);
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
