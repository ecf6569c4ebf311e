/** SHA-1 (FIPS 180-4, section 6.1) over the UTF-8 bytes of text: to divide keys evenly, not to keep secrets. */
import { utf8, utf8Bits } from './utf8.ts';

/** The first 64 bits of a digest, as two unsigned 32-bit numbers. */
export interface Sha1Start {
  readonly high: number;
  readonly low: number;
}

const BLOCK_BYTES = 64;
/** Where the length of the whole text stands in its last block. */
const LENGTH_AT = 56;

// Kept between calls only to spare their allocation: every call writes all that it reads.
const words = /* @__PURE__ */ new Int32Array(80);
const state = /* @__PURE__ */ new Int32Array(5);

/** A lone surrogate counts as U+FFFD, as in every conforming UTF-8 encoder. */
export function sha1(text: string): Sha1Start {
  state[0] = 0x67452301;
  state[1] = 0xefcdab89;
  state[2] = 0x98badcfe;
  state[3] = 0x10325476;
  state[4] = 0xc3d2e1f0;
  let length = 0;
  let word = 0;
  const end = text.length;
  for (let index = 0; index < end; ) {
    const code = text.codePointAt(index) ?? 0;
    index += code > 0xffff ? 2 : 1;
    for (let bits = utf8Bits(code), bytes = utf8(code); bits > 0; bits -= 8, bytes >>>= 8) {
      word = (word << 8) | (bytes & 0xff);
      putWord(word, ++length);
    }
  }
  finish(word, length);
  return { high: (state[0] ?? 0) >>> 0, low: (state[1] ?? 0) >>> 0 };
}

/** Takes over the word that ends at this length, when it is full, and the block that ends with it. */
function putWord(word: number, length: number): void {
  if ((length & 3) !== 0) return;
  words[((length - 1) & (BLOCK_BYTES - 1)) >>> 2] = word;
  if ((length & (BLOCK_BYTES - 1)) === 0) mixBlock();
}

/** A bit 1, bits 0 up to the end of a block but 64, and the length in bits. */
function finish(word: number, length: number): void {
  let last = (word << 8) | 0x80;
  let at = length + 1;
  putWord(last, at);
  while ((at & (BLOCK_BYTES - 1)) !== LENGTH_AT) {
    last <<= 8;
    putWord(last, ++at);
  }
  words[14] = length >>> 29;
  words[15] = length << 3;
  mixBlock();
}

function mixBlock(): void {
  for (let t = 16; t < 80; t++) {
    words[t] = rotate((words[t - 3] ?? 0) ^ (words[t - 8] ?? 0) ^ (words[t - 14] ?? 0) ^ (words[t - 16] ?? 0), 1);
  }
  let a = state[0] ?? 0;
  let b = state[1] ?? 0;
  let c = state[2] ?? 0;
  let d = state[3] ?? 0;
  let e = state[4] ?? 0;
  for (let t = 0; t < 80; t++) {
    const mixed =
      t < 20
        ? ((b & c) | (~b & d)) + 0x5a827999
        : t < 40
          ? (b ^ c ^ d) + 0x6ed9eba1
          : t < 60
            ? ((b & c) | (b & d) | (c & d)) + 0x8f1bbcdc
            : (b ^ c ^ d) + 0xca62c1d6;
    const next = (rotate(a, 5) + mixed + e + (words[t] ?? 0)) | 0;
    e = d;
    d = c;
    c = rotate(b, 30);
    b = a;
    a = next;
  }
  state[0] = (state[0] ?? 0) + a;
  state[1] = (state[1] ?? 0) + b;
  state[2] = (state[2] ?? 0) + c;
  state[3] = (state[3] ?? 0) + d;
  state[4] = (state[4] ?? 0) + e;
}

function rotate(word: number, by: number): number {
  return (word << by) | (word >>> (32 - by));
}
