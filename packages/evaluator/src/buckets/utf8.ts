/**
 * UTF-8 by code point, for hashes that read the bytes of a text without filling a buffer.
 *
 * A lone surrogate counts as U+FFFD (EF BF BD), as in every conforming encoder.
 */

/** How many bits `utf8` of this code point has: 8, 16, 24 or 32. */
export function utf8Bits(code: number): number {
  return code < 0x80 ? 8 : code < 0x800 ? 16 : code < 0x10000 ? 24 : 32;
}

/** The UTF-8 bytes of a code point, the first in the lowest 8 bits. Signed when there are four. */
export function utf8(code: number): number {
  if (code < 0x80) return code;
  if (code < 0x800) return 0xc0 | (code >> 6) | continuation(code, 0, 8);
  if (code >= 0xd800 && code < 0xe000) return 0xbdbfef;
  if (code < 0x10000) return 0xe0 | (code >> 12) | continuation(code, 6, 8) | continuation(code, 0, 16);
  return 0xf0 | (code >> 18) | continuation(code, 12, 8) | continuation(code, 6, 16) | continuation(code, 0, 24);
}

function continuation(code: number, from: number, to: number): number {
  return (0x80 | ((code >> from) & 0x3f)) << to;
}
